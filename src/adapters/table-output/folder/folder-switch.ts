import { copyFile, link, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { OutputLock } from "../../../core/ports/table-output.ts";
import { hasCode, readIfPresent, syncFolder, writeAtomically, writeWhole } from "../../../core/util/atomic-file.ts";
import { makeFolder } from "../../../core/util/make-folder.ts";
import { mapConcurrently } from "../../../core/util/map-concurrently.ts";
import type { SwitchJournal } from "../journal-record.ts";
import { parseJournal } from "../journal-record.ts";
import { outputBusy } from "../lock-record.ts";
import { switchUnfinished } from "../output-errors.ts";
import { manifestText } from "../plan-switch.ts";
import type { SwitchSteps } from "../switch-steps.ts";
import { isCommitted, stepsBack, stepsForward } from "../switch-steps.ts";
import { JOURNALS, journalPath, LOCK, MANIFEST, OLD_JOURNAL } from "../table-layout.ts";
import type { InsideTable } from "./inside-table.ts";
import { createInsideTable } from "./inside-table.ts";
import { readManifest } from "./read-manifest.ts";

/** The folder of a table, and whether what is done in it must survive a power cut. */
export type TableFolder = { readonly table: string; readonly durable: boolean };

/** The second name of a staged file, from which the switch moves it to its place. */
export function incomingName(staged: string): string {
  return `${staged}${INCOMING}`;
}

const INCOMING = ".incoming";
/** A new manifest that is not in use yet. A writer that takes over the lock removes it, so that its owner cannot publish it any more. */
const PREPARED = ".manifest";
const BRING_TRIES = 3;
/** Folders that are flushed to the disk at a time. */
const SYNCS_AT_A_TIME = 8;

export async function writeJournal({ table, durable }: TableFolder, journal: SwitchJournal): Promise<void> {
  const path = join(table, journalPath(journal.publication ?? ""));
  await makeFolder(dirname(path)).catch((thrown: unknown) => {
    throw storageError(dirname(path), "create", thrown);
  });
  await writeAtomically(path, JSON.stringify(journal), { durable });
  if (durable) await syncFolder(dirname(path));
}

/**
 * Gives every staged file its second name: as a link to the same bytes, or, if the file system has no links, as a copy. All that needs room on
 * the disk is made here, before the switch: a rename needs none.
 */
export async function prepareSwitch(folder: TableFolder, { add }: SwitchJournal): Promise<void> {
  const { table } = folder;
  const inside = createInsideTable(table);
  for (const { from, to } of add) {
    const [staged, incoming] = [join(table, from.slice(0, -INCOMING.length)), join(table, from)];
    const target = await inside(to);
    try {
      await makeFolder(dirname(target));
      await link(staged, incoming).catch((thrown: unknown) => {
        if (!hasCode(thrown, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL")) throw thrown;
        return copyFile(staged, incoming);
      });
    } catch (thrown) {
      throw storageError(join(table, to), "make room for", thrown);
    }
  }
  await syncFolders(
    folder,
    add.flatMap(({ from, to }) => [from, to]),
  );
}

/**
 * Replaces the manifest, which is the switch. The new one is written to a temporary name first, then the lock is checked, then it is renamed. If a writer is paused
 * in between, the writer that takes over the lock removes the file, and the rename fails: so no rename comes late.
 */
export async function commit(
  { table, durable }: TableFolder,
  manifest: TableManifest,
  lock: OutputLock,
): Promise<void> {
  const [target, prepared] = [join(table, MANIFEST), join(table, preparedPath(manifest.publication ?? ""))];
  try {
    await writeWhole(prepared, manifestText(manifest), { durable });
    if (durable) await syncFolder(dirname(prepared));
  } catch (thrown) {
    throw storageError(target, "write", thrown);
  }
  await lock.verify();
  try {
    await rename(prepared, target);
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) throw outputBusy(table, null, join(table, LOCK));
    throw storageError(target, "write", thrown);
  }
}

/** Brings what globs find to what the manifest says and closes the journal. Every step may be repeated. */
export async function carryOut(folder: TableFolder, journal: SwitchJournal, manifest: TableManifest): Promise<void> {
  await syncNames(folder, [""]);
  await takeSteps(folder, journal, stepsForward(journal, manifest));
}

/** Takes back a publication that was not committed. */
export async function rollBack(
  folder: TableFolder,
  journal: SwitchJournal,
  manifest: TableManifest | null,
): Promise<void> {
  const { table } = folder;
  if (journal.publication !== undefined) await rm(join(table, preparedPath(journal.publication)), { force: true });
  await takeSteps(folder, journal, stepsBack(journal, manifest));
  // The folders of partitions that were made for it.
  for (const { to } of journal.add) await removeEmpty(table, dirname(to));
}

/**
 * After a crash: forward if the manifest was replaced already, back if not. The lock is held. The prepared manifests are removed first, so that their
 * writers cannot commit any more if they were only paused.
 */
export async function recover(folder: TableFolder): Promise<{ completed: number; rolledBack: number }> {
  const { table } = folder;
  const names = await namesIn(join(table, JOURNALS));
  for (const name of names) {
    if (name.endsWith(PREPARED) || name.endsWith(".tmp")) await rm(join(table, JOURNALS, name), { force: true });
  }
  const paths = [...names.filter((name) => name.endsWith(".json")).map((name) => `${JOURNALS}/${name}`), OLD_JOURNAL];
  let [completed, rolledBack] = [0, 0];
  for (const path of paths) {
    const text = await readIfPresent(join(table, path));
    if (text === null) continue;
    const journal = parseJournal(join(table, path), text);
    const manifest = await readManifest(table);
    const committed = isCommitted(journal, manifest);
    await (committed && manifest !== null ? carryOut(folder, journal, manifest) : rollBack(folder, journal, manifest));
    // A journal under another name than its own, too.
    await rm(join(table, path), { force: true });
    completed += committed ? 1 : 0;
    rolledBack += committed ? 0 : 1;
  }
  await rmdir(join(table, JOURNALS)).catch(() => undefined);
  return { completed, rolledBack };
}

/** Gives a file of the table the name again that globs find. False if it is gone under both. */
export async function restore(
  { table }: TableFolder,
  file: { readonly path: string; readonly snapshot_path: string },
  inside: InsideTable,
): Promise<boolean> {
  const [visible, snapshot] = [await inside(file.path), await inside(file.snapshot_path)];
  const incoming = incomingName(snapshot);
  try {
    await rm(incoming, { force: true });
    await link(snapshot, incoming).catch((thrown: unknown) => {
      if (hasCode(thrown, "ENOENT")) throw thrown;
      return copyFile(snapshot, incoming);
    });
    await makeFolder(dirname(visible));
    await rename(incoming, visible);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) return false;
    throw storageError(join(table, file.path), "restore", thrown);
  }
}

async function takeSteps(folder: TableFolder, journal: SwitchJournal, steps: SwitchSteps): Promise<void> {
  const { table } = folder;
  const inside = createInsideTable(table);
  const remove = byFolder(steps.remove, (path) => path);
  const add = byFolder(steps.add, ({ to }) => to);
  for (const name of new Set([...remove.keys(), ...add.keys()])) {
    for (const path of remove.get(name) ?? []) await rm(await inside(path), { force: true });
    for (const each of add.get(name) ?? []) await bring(folder, each, inside);
    await removeEmpty(table, name);
  }
  await syncFolders(folder, [...steps.remove, ...steps.add.map(({ to }) => to)]);
  for (const path of steps.prune) {
    await rm(await inside(path), { force: true });
    await rm(incomingName(await inside(path)), { force: true });
    await removeEmpty(table, dirname(path));
  }
  for (const path of steps.folders) await rm(await inside(path), { recursive: true, force: true });
  if (journal.publication !== undefined) await rm(join(table, journalPath(journal.publication)), { force: true });
  await rmdir(join(table, JOURNALS)).catch(() => undefined);
}

async function bring(
  { table }: TableFolder,
  { from, to }: SwitchJournal["add"][number],
  inside: InsideTable,
): Promise<void> {
  const [source, target] = [await inside(from), await inside(to)];
  for (let attempt = 1; ; attempt += 1) {
    try {
      await makeFolder(dirname(target));
      return await rename(source, target);
    } catch (thrown) {
      const isGone = hasCode(thrown, "ENOENT");
      if (isGone && (await exists(target))) return;
      // Another writer, who takes back what it had prepared, may have removed the empty folder.
      if (!isGone || attempt === BRING_TRIES || !(await exists(source))) throw switchUnfinished(table, target, thrown);
    }
  }
}

/** Flushes the names of files, and of all folders above them up to the table. */
async function syncFolders(folder: TableFolder, paths: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let name = dirname(path); !folders.has(name); name = dirname(name)) folders.add(name);
  }
  await syncNames(folder, [...folders]);
}

async function syncNames({ table, durable }: TableFolder, folders: readonly string[]): Promise<void> {
  if (!durable) return;
  const synced = mapConcurrently(folders, SYNCS_AT_A_TIME, async (name) => {
    // A folder that is empty by now is gone.
    await syncFolder(join(table, name)).catch((thrown: unknown) => {
      if (!hasCode((thrown as Error).cause, "ENOENT")) throw thrown;
    });
  });
  for await (const _ of synced);
}

function preparedPath(publication: string): string {
  return `${JOURNALS}/${publication}${PREPARED}`;
}

function byFolder<T>(items: readonly T[], pathOf: (item: T) => string): Map<string, T[]> {
  const folders = new Map<string, T[]>();
  for (const item of items) {
    const folder = dirname(pathOf(item));
    const known = folders.get(folder) ?? [];
    folders.set(folder, known);
    known.push(item);
  }
  return folders;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((thrown: unknown) => {
    if (hasCode(thrown, "ENOENT")) return [];
    throw thrown;
  });
}

/** Only empty folders go. */
async function removeEmpty(table: string, folder: string): Promise<void> {
  if (folder === ".") return;
  const gone = await rmdir(join(table, folder)).then(
    () => true,
    (thrown: unknown) => hasCode(thrown, "ENOENT"),
  );
  if (gone) await removeEmpty(table, dirname(folder));
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
