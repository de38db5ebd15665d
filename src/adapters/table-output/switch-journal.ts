import { access, copyFile, link, mkdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { storageError } from "../../core/errors/storage-error.ts";
import { hasCode, readIfPresent, writeAtomically } from "./atomic-file.ts";
import { journalPath } from "./folder-layout.ts";
import { readManifest } from "./read-manifest.ts";

/** What globs see, as changes: written down before the manifest is replaced, carried out after, and again after a crash. */
export type SwitchJournal = {
  /** Version of the manifest that commits these changes. */
  readonly version: number;
  /** Paths relative to the table. All of a folder's old files go before its first new one comes. */
  readonly remove: readonly string[];
  readonly add: readonly { readonly from: string; readonly to: string; readonly how: "link" | "move" }[];
};

export async function writeJournal(table: string, journal: SwitchJournal): Promise<void> {
  await writeAtomically(journalPath(table), JSON.stringify(journal));
}

/** Brings what globs see to what the manifest says, folder by folder, and closes the journal. Every step may be repeated. */
export async function carryOut(table: string, journal: SwitchJournal): Promise<void> {
  const folders = new Set([...journal.remove, ...journal.add.map(({ to }) => to)].map((path) => dirname(path)));
  for (const folder of folders) {
    for (const path of journal.remove) if (dirname(path) === folder) await rm(join(table, path), { force: true });
    for (const each of journal.add) if (dirname(each.to) === folder) await bring(table, each);
    // Only an empty folder goes.
    if (folder !== ".") await rmdir(join(table, folder)).catch(() => undefined);
  }
  await rm(journalPath(table), { force: true });
}

/** After a crash: forward where the manifest was replaced already, back where it was not. */
export async function completeSwitch(table: string): Promise<void> {
  const text = await readIfPresent(journalPath(table));
  if (text === null) return;
  const journal = JSON.parse(text) as SwitchJournal;
  const manifest = await readManifest(table);
  if (manifest !== null && manifest.version >= journal.version) await carryOut(table, journal);
  else await rm(journalPath(table), { force: true });
}

/**
 * How a staged file is to appear at its place: as a second name of the same bytes, or, where the file system has no hard links, as a copy that
 * is made now, while nothing has been switched.
 */
export async function prepareAdd(table: string, from: string, to: string): Promise<SwitchJournal["add"][number]> {
  const copy = `${from}.copy`;
  try {
    await link(join(table, from), join(table, copy));
    await rm(join(table, copy));
    return { from, to, how: "link" };
  } catch (thrown) {
    if (!hasCode(thrown, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL")) {
      throw storageError(join(table, from), "link", thrown);
    }
    await copyFile(join(table, from), join(table, copy));
    return { from: copy, to, how: "move" };
  }
}

async function bring(table: string, { from, to, how }: SwitchJournal["add"][number]): Promise<void> {
  const target = join(table, to);
  try {
    await mkdir(dirname(target), { recursive: true });
    if (how === "link") await link(join(table, from), target);
    else await rename(join(table, from), target);
  } catch (thrown) {
    const done = hasCode(thrown, "EEXIST") || (how === "move" && hasCode(thrown, "ENOENT") && (await exists(target)));
    if (!done) throw storageError(target, "switch in", thrown);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
