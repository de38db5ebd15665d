import { randomUUID } from "node:crypto";
import { z } from "zod";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { parseRecord } from "../records/parse-record.ts";
import { processOwner, thisProcess } from "../records/process-owner.ts";

const lockRecord = processOwner.extend({
  run_id: z.string(),
  /** Of this holding: a process may take the same lock twice. */
  token: z.string(),
  /** When the holder was last alive, by its own clock; if the lock is an object. ISO 8601. */
  beat: z.string().optional(),
});

/** What a lock says of its holder. */
export type LockRecord = z.infer<typeof lockRecord>;

export function newLockRecord(runId: string): LockRecord {
  return { run_id: runId, token: randomUUID(), ...thisProcess() };
}

/** The token of an unreadable lock file: another program wrote it, or a writer wrote half of it. */
const UNREADABLE = "unreadable";

/** A text that is not a lock counts as another's, since it may be one that is being written. */
export function parseLock(text: string): LockRecord {
  const parsed = parseRecord(lockRecord, text);
  return "value" in parsed ? parsed.value : { run_id: "unknown", pid: process.pid, host: "unknown", token: UNREADABLE };
}

/** `lock`: the lock as a person finds it. */
export function outputBusy(table: string, found: LockRecord | null, lock: string, waitedMs = 0): ScoreframeError {
  const facts = {
    operation: "publish",
    retryable: true,
    details: { run_id: found === null || found.token === UNREADABLE ? null : found.run_id },
  };
  if (found?.token === UNREADABLE) {
    return new ScoreframeError(
      "OUTPUT_BUSY",
      `${table} has a lock that cannot be read. If no run is writing there, remove ${lock} and start again; in two minutes it is taken for a dead run's.`,
      facts,
    );
  }
  const who = found === null ? "another run" : `run ${found.run_id} (process ${found.pid} on ${found.host})`;
  const hint =
    waitedMs === 0
      ? "Start again when it is done, or with --wait, which waits for it."
      : `It was waited for during ${Math.round(waitedMs / 1000)} s. Start again when it is done, or wait longer.`;
  return new ScoreframeError("OUTPUT_BUSY", `${table} is being written by ${who}. ${hint}`, facts);
}
