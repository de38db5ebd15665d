import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { LockOptions, OutputLock } from "../../core/ports/table-output.ts";
import { hasEnded } from "../records/process-owner.ts";
import type { LockRecord } from "./lock-record.ts";
import { newLockRecord, outputBusy } from "./lock-record.ts";

/** A lock as it was found. */
export type FoundLock = {
  readonly record: LockRecord;
  /** Changes with every heartbeat of the holder. */
  readonly stamp: string;
  /** When the holder says it was last alive, in milliseconds by its own clock; NaN if it says nothing. */
  readonly beat: number;
};

/** Where a lock is kept. Each act is one step for everyone: of several writers one wins. */
export type LockPlace = {
  /** The table and the lock, as a person would write them. */
  readonly table: string;
  readonly lock: string;
  read(): Promise<FoundLock | null>;
  /** Null if a lock is there. */
  claim(mine: LockRecord): Promise<HeldLock | null>;
  /** Replaces the lock that was found; null if it is another by now. */
  replace(found: FoundLock, mine: LockRecord): Promise<HeldLock | null>;
};

export type HeldLock = {
  /** Shows that the holder is alive; false if the lock is another's. */
  beat(): Promise<boolean>;
  /** Removes the lock if it is still ours. */
  remove(): Promise<void>;
};

export type LockTiming = {
  readonly heartbeatMs: number;
  /** A holder that has not been heard of for so long is taken for dead: its machine may be gone. */
  readonly staleMs: number;
  /** How long a lock that looks stale is watched before it is taken over. More than two heartbeats. */
  readonly watchMs: number;
  /** Between two looks at a lock that is waited for. */
  readonly pollMs: number;
};

export const TIMING: LockTiming = { heartbeatMs: 10_000, staleMs: 120_000, watchMs: 25_000, pollMs: 500 };

/**
 * Takes a table for a run; `OUTPUT_BUSY` names the run that has it. The lock of a holder that has ended is taken over: one whose process is known to be gone,
 * or whose heartbeat was not seen for long. Clocks differ between machines, so only time that was waited here counts.
 */
export async function acquireLock(
  place: LockPlace,
  runId: string,
  { waitMs = 0, signal, onWait }: LockOptions,
  timing: LockTiming,
): Promise<OutputLock> {
  const mine = newLockRecord(runId);
  const begun = performance.now();
  let seen: { readonly found: FoundLock; readonly since: number; readonly beats: boolean } | null = null;
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted();
    const claimed = await place.claim(mine);
    if (claimed !== null) return holdLock(place, mine, claimed, timing);
    const found = await place.read();
    // It was released a moment ago.
    if (found === null && tries < 10) continue;
    const now = performance.now();
    if (found !== null) {
      const isSame: boolean = found.record.token === seen?.found.record.token;
      if (!isSame && waitMs > 0) onWait?.(describe(found.record));
      if (!isSame || seen === null) seen = { found, since: now, beats: false };
      else if (found.stamp !== seen.found.stamp) seen = { found, since: now, beats: true };
      const dead = hasEnded(found.record) || now - seen.since >= silenceAllowed(found, timing);
      const taken = dead ? await place.replace(found, mine) : null;
      if (taken !== null) return holdLock(place, mine, taken, timing);
    }
    const watching = seen !== null && !seen.beats && looksStale(seen.found, timing);
    if (now - begun >= waitMs && !watching) {
      throw outputBusy(place.table, (await place.read())?.record ?? found?.record ?? null, place.lock, waitMs);
    }
    await sleep(Math.min(timing.pollMs, watching ? timing.watchMs / 4 : timing.pollMs), undefined, { signal });
  }
}

/** A clock that is behind ours makes a living lock look old, one that is ahead makes a dead one look alive. */
function looksStale({ beat }: FoundLock, { staleMs }: LockTiming): boolean {
  return !(Math.abs(Date.now() - beat) <= staleMs);
}

function silenceAllowed(found: FoundLock, timing: LockTiming): number {
  return looksStale(found, timing) ? timing.watchMs : timing.staleMs;
}

function describe({ run_id, pid, host }: LockRecord): string {
  return `run ${run_id} (process ${pid} on ${host})`;
}

function holdLock(place: LockPlace, mine: LockRecord, held: HeldLock, timing: LockTiming): OutputLock {
  const lost = new AbortController();
  let lastBeat = Date.now();
  let beating: Promise<void> = Promise.resolve();

  async function beat(): Promise<void> {
    if (lost.signal.aborted) return;
    try {
      if (!(await held.beat())) return lost.abort(busy((await place.read())?.record ?? null));
      lastBeat = Date.now();
    } catch (cause) {
      // Half of the time after which another run may take the lock.
      if (Date.now() - lastBeat > timing.staleMs / 2) lost.abort(notRenewed(place.lock, timing, cause));
    }
  }

  function busy(found: LockRecord | null): ScoreframeError {
    return outputBusy(place.table, found, place.lock);
  }

  const heartbeat = setInterval(() => {
    beating = beating.then(beat);
  }, timing.heartbeatMs);
  heartbeat.unref();
  return {
    runId: mine.run_id,
    lost: lost.signal,
    async verify() {
      lost.signal.throwIfAborted();
      const found = await place.read();
      if (found?.record.token !== mine.token) throw busy(found?.record ?? null);
    },
    async release() {
      clearInterval(heartbeat);
      await beating;
      await held.remove();
    },
  };
}

function notRenewed(lock: string, { staleMs }: LockTiming, cause: unknown): ScoreframeError {
  return new ScoreframeError(
    "STORAGE_FAILED",
    `The lock ${lock} could not be renewed for ${staleMs / 2000} s: ${messageOf(cause)} ` +
      "Another run may take the table over, so this one stops. Run the job again when the storage can be reached.",
    { operation: "publish", retryable: true, cause, details: { path: lock } },
  );
}
