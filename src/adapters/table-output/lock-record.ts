import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { hasCode } from "./atomic-file.ts";

/** What a lock says of its holder. */
export type LockRecord = {
  readonly run_id: string;
  readonly pid: number;
  readonly host: string;
  readonly token: string;
  /** Where process ids count: a machine, or a container on it. Names of hosts are not told apart across machines. */
  readonly machine?: string;
  /** When the holder was last heard of, by its own clock; where a lock is an object. ISO 8601. */
  readonly beat?: string;
};

/** A holder that has not been heard of for so long is taken for dead: its process id may be another's by now, or another machine's. */
export const STALE_MS = 120_000;
export const HEARTBEAT_MS = 10_000;

export function newLockRecord(runId: string): LockRecord {
  return { run_id: runId, pid: process.pid, host: hostname(), token: randomUUID(), machine: machine() };
}

/** Stands for the token of a lock that is not one: somebody else wrote it, or half of it. */
const UNREADABLE = "unreadable";

/** A text that is no lock's counts as another's, since it may be one that is being written. */
export function parseLock(text: string): LockRecord {
  try {
    const found = JSON.parse(text) as LockRecord;
    if (typeof found?.token === "string") return found;
  } catch {
    // As below.
  }
  return { run_id: "unknown", pid: process.pid, host: "unknown", token: UNREADABLE };
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return hasCode(thrown, "EPERM");
  }
}

/** `lock`: the lock as a person finds it. */
export function outputBusy(table: string, found: LockRecord | null, lock: string): ScoreframeError {
  if (found?.token === UNREADABLE) {
    return new ScoreframeError(
      "OUTPUT_BUSY",
      `${table} has a lock that cannot be read. If no run is writing there, remove ${lock} and start again; in two minutes it is taken for a dead run's.`,
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

/** The boot and the namespace of process ids, where the system tells them (Linux). */
export function machine(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}
