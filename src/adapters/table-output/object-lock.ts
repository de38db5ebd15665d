import { setTimeout as sleep } from "node:timers/promises";
import type { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { OutputLock } from "../../core/ports/table-output.ts";
import { writeOurs } from "../object-store/write-ours.ts";
import { hasEnded } from "../records/process-owner.ts";
import type { LockRecord } from "./lock-record.ts";
import { HEARTBEAT_MS, newLockRecord, outputBusy, parseLock, STALE_MS } from "./lock-record.ts";
import { LOCK } from "./table-layout.ts";

type Held = { readonly record: LockRecord; readonly etag: string };

export type LockTiming = {
  readonly heartbeatMs: number;
  readonly staleMs: number;
  /** How long a lock that seems dead is watched before it is taken over. More than two beats. */
  readonly watchMs: number;
};

const TIMING: LockTiming = { heartbeatMs: HEARTBEAT_MS, staleMs: STALE_MS, watchMs: 25_000 };

/**
 * Takes a table in an object store for a run; `OUTPUT_BUSY` names the run that has it. A dead run's lock is taken over. Every step is a conditional
 * write, so that of several runs one wins.
 */
export async function lockObjects(store: ObjectStore, runId: string, timing = TIMING): Promise<OutputLock> {
  const mine = newLockRecord(runId);
  let etag = (await claim(store, mine)) ?? (await takeOver(store, mine, timing));
  let beating: Promise<void> = Promise.resolve();
  const beat = async (): Promise<void> => {
    // Where another run has taken the lock, this writes nothing, and `verify` tells.
    etag = (await writeOurs(store, LOCK, lockText(mine), { etag })) ?? etag;
  };
  const heartbeat = setInterval(() => {
    beating = beating.then(beat).catch(() => undefined);
  }, timing.heartbeatMs);
  heartbeat.unref();
  const current = async (): Promise<LockRecord | null> => (await readLock(store))?.record ?? null;
  return {
    runId,
    async verify() {
      const found = await current();
      if (found?.token !== mine.token) throw busy(store, found);
    },
    async release() {
      clearInterval(heartbeat);
      await beating;
      if ((await current())?.token === mine.token) await store.remove([LOCK]);
    },
  };
}

function claim(store: ObjectStore, mine: LockRecord): Promise<string | null> {
  return writeOurs(store, LOCK, lockText(mine), { absent: true });
}

async function takeOver(store: ObjectStore, mine: LockRecord, timing: LockTiming): Promise<string> {
  const found = await readLock(store);
  // It was released a moment ago.
  const etag =
    found === null
      ? await claim(store, mine)
      : (await isDead(store, found, timing))
        ? await writeOurs(store, LOCK, lockText(mine), { etag: found.etag })
        : null;
  if (etag === null) throw busy(store, (await readLock(store))?.record ?? null);
  return etag;
}

/** By its process where that is one of ours, else by its silence: clocks differ, so that only a beat that does not come in our own time counts. */
async function isDead(store: ObjectStore, { record, etag }: Held, timing: LockTiming): Promise<boolean> {
  if (hasEnded(record)) return true;
  const silent = Date.now() - Date.parse(record.beat ?? "");
  // A time that is none compares as false: such a lock is watched.
  if (silent <= timing.staleMs) return false;
  await sleep(timing.watchMs);
  return (await readLock(store))?.etag === etag;
}

async function readLock(store: ObjectStore): Promise<Held | null> {
  const found = await store.readText(LOCK);
  return found === null ? null : { record: parseLock(found.text), etag: found.etag };
}

function lockText(mine: LockRecord): string {
  return JSON.stringify({ ...mine, beat: new Date().toISOString() } satisfies LockRecord);
}

function busy(store: ObjectStore, found: LockRecord | null): ScoreframeError {
  return outputBusy(store.location, found, store.locate(LOCK));
}
