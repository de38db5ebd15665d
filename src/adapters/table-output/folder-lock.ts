import { randomUUID } from "node:crypto";
import { link, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import { makeFolder } from "../../core/pipeline/make-folder.ts";
import type { OutputLock } from "../../core/ports/table-output.ts";
import { hasCode, readIfPresent } from "./atomic-file.ts";
import { unwritable } from "./check-folder.ts";
import { lockPath, storePath } from "./folder-layout.ts";

const HEARTBEAT_MS = 10_000;
/** A holder that has not been heard of for so long is taken for dead: its process id may be another's by now, or another machine's. */
const STALE_MS = 120_000;

/** Stands for the token of a lock that is not one: somebody else wrote it, or half of it. */
const UNREADABLE = "unreadable";

type LockFile = { readonly run_id: string; readonly pid: number; readonly host: string; readonly token: string };

/** Takes the table for a run; `OUTPUT_BUSY` names the run that has it. A dead run's lock is taken over. */
export async function lockFolder(table: string, runId: string): Promise<OutputLock> {
  const mine: LockFile = { run_id: runId, pid: process.pid, host: hostname(), token: randomUUID() };
  const created = await makeFolder(storePath(table)).catch((thrown: unknown) => {
    throw unwritable(table, thrown);
  });
  const path = lockPath(table);
  if (!(await claim(path, mine)) && !(await takeOver(path, mine))) throw busy(table, await holder(path));
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    runId,
    async verify() {
      const current = await holder(path);
      if (current?.token !== mine.token) throw busy(table, current);
    },
    async release() {
      clearInterval(heartbeat);
      if ((await holder(path))?.token !== mine.token) return;
      await rm(path, { force: true });
      // Only empty folders go: nothing is left of a run that published nothing.
      await rmdir(storePath(table)).catch(() => undefined);
      if (created !== undefined && created !== storePath(table)) await rmdir(table).catch(() => undefined);
    },
  };
}

/** A lock appears with its content, whole: it is written aside and linked. */
async function claim(path: string, mine: LockFile): Promise<boolean> {
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

async function createExclusively(path: string, mine: LockFile): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(mine), { flag: "wx" });
    return true;
  } catch (thrown) {
    if (hasCode(thrown, "EEXIST")) return false;
    throw unwritable(path, thrown);
  }
}

/** Moves a dead holder's lock away; where two do so at once, the one that moved a living lock puts it back. */
async function takeOver(path: string, mine: LockFile): Promise<boolean> {
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

async function isStale(path: string, found: LockFile): Promise<boolean> {
  if (found.host === hostname() && !isAlive(found.pid)) return true;
  const seen = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => 0,
  );
  return Date.now() - seen > STALE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return hasCode(thrown, "EPERM");
  }
}

async function holder(path: string): Promise<LockFile | null> {
  const text = await readIfPresent(path);
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as LockFile;
    if (typeof found.token === "string") return found;
  } catch {
    // As if it were another's: it may be one that is being written.
  }
  return { run_id: "unknown", pid: process.pid, host: "unknown", token: UNREADABLE };
}

function busy(table: string, found: LockFile | null): ScoreframeError {
  if (found?.token === UNREADABLE) {
    return new ScoreframeError(
      "OUTPUT_BUSY",
      `${table} has a lock that cannot be read. If no run is writing there, remove ${lockPath(table)} and start again; in two minutes it is taken for a dead run's.`,
      { operation: "publish", retryable: true, details: { run_id: null } },
    );
  }
  const who = found === null ? "another run" : `run ${found.run_id} (process ${found.pid} on ${found.host})`;
  return new ScoreframeError(
    "OUTPUT_BUSY",
    `${table} is being written by ${who}. Wait until it is done, or cancel it; then start again.`,
    { operation: "publish", retryable: true, details: { run_id: found?.run_id ?? null } },
  );
}
