import { link, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { storageError } from "../../core/errors/storage-error.ts";
import { makeFolder } from "../../core/pipeline/make-folder.ts";
import type { OutputLock } from "../../core/ports/table-output.ts";
import { hasEnded } from "../records/process-owner.ts";
import { hasCode, readIfPresent } from "./atomic-file.ts";
import type { LockRecord } from "./lock-record.ts";
import { HEARTBEAT_MS, newLockRecord, outputBusy, parseLock, STALE_MS } from "./lock-record.ts";
import { unwritable } from "./output-refusals.ts";
import { LOCK, STORE } from "./table-layout.ts";

/** Takes the table for a run; `OUTPUT_BUSY` names the run that has it. A dead run's lock is taken over. */
export async function lockFolder(table: string, runId: string): Promise<OutputLock> {
  const mine = newLockRecord(runId);
  const store = join(table, STORE);
  const created = await makeFolder(store).catch((thrown: unknown) => {
    throw unwritable(table, thrown);
  });
  const path = join(table, LOCK);
  if (!(await claim(path, mine)) && !(await takeOver(path, mine))) throw outputBusy(table, await holder(path), path);
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    runId,
    async verify() {
      const current = await holder(path);
      if (current?.token !== mine.token) throw outputBusy(table, current, path);
    },
    async release() {
      clearInterval(heartbeat);
      if ((await holder(path))?.token !== mine.token) return;
      await rm(path, { force: true });
      // Only empty folders go: nothing is left of a run that published nothing.
      await rmdir(store).catch(() => undefined);
      if (created !== undefined && created !== store) await rmdir(table).catch(() => undefined);
    },
  };
}

/** A lock appears with its content, whole: it is written aside and linked. */
async function claim(path: string, mine: LockRecord): Promise<boolean> {
  const temporary = `${path}.${mine.token}`;
  try {
    await writeFile(temporary, JSON.stringify(mine));
    await link(temporary, path);
    return true;
  } catch (thrown) {
    if (hasCode(thrown, "EEXIST")) return false;
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

/** Moves a dead holder's lock away; where two do so at once, the one that moved a living lock puts it back. */
async function takeOver(path: string, mine: LockRecord): Promise<boolean> {
  const found = await holder(path);
  if (found !== null && !(await isStale(path, found))) return false;
  const moved = `${path}.${mine.token}.stale`;
  try {
    await rename(path, moved);
  } catch (thrown) {
    if (!hasCode(thrown, "ENOENT")) throw unwritable(path, thrown);
    return claim(path, mine);
  }
  const taken = await holder(moved);
  if (taken?.token !== found?.token) await link(moved, path).catch(() => undefined);
  await rm(moved, { force: true });
  return claim(path, mine);
}

async function isStale(path: string, found: LockRecord): Promise<boolean> {
  if (hasEnded(found)) return true;
  const seen = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => 0,
  );
  return Date.now() - seen > STALE_MS;
}

async function holder(path: string): Promise<LockRecord | null> {
  const text = await readIfPresent(path);
  return text === null ? null : parseLock(text);
}
