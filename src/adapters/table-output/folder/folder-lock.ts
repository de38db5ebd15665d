import { link, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { LockOptions, OutputLock } from "../../../core/ports/table-output.ts";
import { hasCode, readIfPresent, syncFolder } from "../../../core/util/atomic-file.ts";
import { makeFolder } from "../../../core/util/make-folder.ts";
import type { LockRecord } from "../lock-record.ts";
import { parseLock } from "../lock-record.ts";
import { unwritable } from "../output-errors.ts";
import { LOCK, STORE } from "../table-layout.ts";
import type { FoundLock, HeldLock, LockPlace, LockTiming } from "../table-lock.ts";
import { acquireLock } from "../table-lock.ts";

export type FolderLockOptions = LockOptions & { readonly durable: boolean; readonly timing: LockTiming };

/** Takes a table in a folder for a run, and makes the folder. What it made and did not need is gone when the lock is released. */
export async function lockFolder(table: string, runId: string, options: FolderLockOptions): Promise<OutputLock> {
  const store = join(table, STORE);
  const created = await makeFolder(store).catch((thrown: unknown) => {
    throw unwritable(table, thrown);
  });
  if (options.durable && created !== undefined) await syncDown(dirname(created), store);
  const lock = await acquireLock(folderLockPlace(table), runId, options, options.timing);
  return {
    ...lock,
    async release() {
      await lock.release();
      // Only empty folders go: nothing is left of a run that published nothing.
      await rmdir(store).catch(() => undefined);
      if (created !== undefined && created !== store) await rmdir(table).catch(() => undefined);
    },
  };
}

/** The names of new folders are durable when those above them are. */
async function syncDown(from: string, to: string): Promise<void> {
  for (let folder = dirname(to); folder.length >= from.length; folder = dirname(folder)) {
    await syncFolder(folder);
    if (folder === dirname(folder)) return;
  }
}

function folderLockPlace(table: string): LockPlace {
  const path = join(table, LOCK);
  const claim = async (mine: LockRecord): Promise<HeldLock | null> =>
    (await create(path, mine)) ? held(path, mine) : null;
  return {
    table,
    lock: path,
    read: () => find(path),
    claim,
    async replace(found, mine) {
      return (await moveAway(path, found.record.token, `${mine.token}.stale`)) ? claim(mine) : null;
    },
  };
}

function held(path: string, mine: LockRecord): HeldLock {
  return {
    async beat() {
      if ((await find(path))?.record.token !== mine.token) return false;
      const now = new Date();
      await utimes(path, now, now);
      return true;
    },
    async remove() {
      await moveAway(path, mine.token, `${mine.token}.released`);
    },
  };
}

async function find(path: string): Promise<FoundLock | null> {
  const text = await readIfPresent(path);
  const stats = text === null ? null : await stat(path).catch(() => null);
  if (text === null || stats === null) return null;
  return { record: parseLock(text), stamp: `${stats.ino} ${stats.mtimeMs}`, beat: stats.mtimeMs };
}

/** A lock appears with its content, whole: it is written aside and linked. */
async function create(path: string, mine: LockRecord, tries = 5): Promise<boolean> {
  const temporary = `${path}.${mine.token}`;
  try {
    await writeFile(temporary, JSON.stringify(mine));
    await link(temporary, path);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, "EEXIST")) return false;
    if (hasCode(thrown, "ENOENT") && tries > 1) {
      // Who held the lock before has published nothing, and removed the folder that it had made.
      await makeFolder(dirname(path)).catch((cause: unknown) => {
        throw unwritable(path, cause);
      });
      return await create(path, mine, tries - 1);
    }
    // No hard links here: exclusive creation is as exclusive, only its content comes a moment later.
    if (hasCode(thrown, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return createExclusively(path, mine);
    if (hasCode(thrown, "ENOSPC", "EDQUOT")) throw storageError(path, "write", thrown);
    throw unwritable(path, thrown);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function createExclusively(path: string, mine: LockRecord): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(mine), { flag: "wx" });
    return true;
  } catch (thrown) {
    if (hasCode(thrown, "EEXIST")) return false;
    throw unwritable(path, thrown);
  }
}

/** Removes a lock by a rename, so that a process that was paused after it read the lock does not remove the lock of its successor: a lock that was moved by mistake is put back. */
async function moveAway(path: string, token: string, suffix: string): Promise<boolean> {
  const moved = `${path}.${suffix}`;
  if ((await find(path))?.record.token !== token) return false;
  try {
    await rename(path, moved);
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) return false;
    throw unwritable(path, thrown);
  }
  const isThat = (await find(moved))?.record.token === token;
  if (!isThat) await link(moved, path).catch(() => undefined);
  await rm(moved, { force: true });
  return isThat;
}
