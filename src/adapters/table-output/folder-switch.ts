import { access, copyFile, link, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { storageError } from "../../core/errors/storage-error.ts";
import { makeFolder } from "../../core/pipeline/make-folder.ts";
import { hasCode, readIfPresent, writeAtomically } from "./atomic-file.ts";
import type { SwitchJournal } from "./journal-record.ts";
import { parseJournal } from "./journal-record.ts";
import { switchUnfinished } from "./output-refusals.ts";
import { readManifest } from "./read-manifest.ts";
import { JOURNAL } from "./table-layout.ts";

export async function writeJournal(table: string, journal: SwitchJournal): Promise<void> {
  await writeAtomically(join(table, JOURNAL), JSON.stringify(journal));
}

/** Takes back what was prepared for a switch that did not come about. Somebody else's journal stays. */
export async function abandonSwitch(table: string, journal: SwitchJournal): Promise<void> {
  if ((await readIfPresent(join(table, JOURNAL))) === JSON.stringify(journal)) await rm(join(table, JOURNAL));
  for (const { from, to } of journal.add) {
    await rm(join(table, from), { force: true });
    await removeEmpty(table, dirname(to));
  }
}

/** Brings what globs see to what the manifest says, folder by folder, and closes the journal. Every step may be repeated. */
export async function carryOut(table: string, journal: SwitchJournal): Promise<void> {
  const folders = new Set([...journal.remove, ...journal.add.map(({ to }) => to)].map((path) => dirname(path)));
  for (const folder of folders) {
    for (const path of journal.remove) if (dirname(path) === folder) await rm(join(table, path), { force: true });
    for (const each of journal.add) if (dirname(each.to) === folder) await bring(table, each);
    await removeEmpty(table, folder);
  }
  await rm(join(table, JOURNAL), { force: true });
}

/** After a crash: forward where the manifest was replaced already, back where it was not. */
export async function completeSwitch(table: string): Promise<void> {
  const text = await readIfPresent(join(table, JOURNAL));
  if (text === null) return;
  const journal = parseJournal(join(table, JOURNAL), text);
  const manifest = await readManifest(table);
  if (manifest !== null && manifest.version >= journal.version) await carryOut(table, journal);
  else await abandonSwitch(table, journal);
}

/** The second name of a staged file, from which the switch moves it to its place. */
export function incomingName(staged: string): string {
  return `${staged}${INCOMING}`;
}

const INCOMING = ".incoming";

/**
 * Gives every staged file its second name: as a link to the same bytes, or, where the file system has none, as a copy. All that needs room on
 * the disk is made here, while nothing has been switched: moving a name needs none.
 */
export async function prepareSwitch(table: string, { add }: SwitchJournal): Promise<void> {
  for (const { from, to } of add) {
    const [staged, incoming] = [join(table, from.slice(0, -INCOMING.length)), join(table, from)];
    try {
      await makeFolder(dirname(join(table, to)));
      await link(staged, incoming).catch((thrown: unknown) => {
        if (!hasCode(thrown, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL")) throw thrown;
        return copyFile(staged, incoming);
      });
    } catch (thrown) {
      throw storageError(join(table, to), "make room for", thrown);
    }
  }
}

async function bring(table: string, { from, to }: SwitchJournal["add"][number]): Promise<void> {
  const target = join(table, to);
  try {
    await makeFolder(dirname(target));
    await rename(join(table, from), target);
  } catch (thrown) {
    const done = hasCode(thrown, "ENOENT") && (await exists(target));
    if (!done) throw switchUnfinished(table, target, thrown);
  }
}

/** Only empty folders go. */
async function removeEmpty(table: string, folder: string): Promise<void> {
  if (folder === ".") return;
  const gone = await rmdir(join(table, folder)).then(
    () => true,
    () => false,
  );
  if (gone) await removeEmpty(table, dirname(folder));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
