import type { ObjectStore } from "../../../core/ports/object-store.ts";
import type { LockOptions, OutputLock } from "../../../core/ports/table-output.ts";
import type { LockRecord } from "../lock-record.ts";
import { parseLock } from "../lock-record.ts";
import { LOCK } from "../table-layout.ts";
import type { FoundLock, HeldLock, LockPlace, LockTiming } from "../table-lock.ts";
import { acquireLock, TIMING } from "../table-lock.ts";

/** Requests cost money. */
const POLL_MS = 5000;

export const OBJECT_TIMING: LockTiming = { ...TIMING, pollMs: POLL_MS };

/** Takes a table in an object store for a run. Every step is a conditional write, so that of several runs one wins. */
export function lockObjects(
  store: ObjectStore,
  runId: string,
  options: LockOptions,
  timing: LockTiming,
): Promise<OutputLock> {
  return acquireLock(objectLockPlace(store), runId, options, timing);
}

function objectLockPlace(store: ObjectStore): LockPlace {
  const write = async (
    mine: LockRecord,
    condition: Parameters<ObjectStore["writeText"]>[2],
  ): Promise<HeldLock | null> => {
    const etag = (await store.writeText(LOCK, lockText(mine), condition)) ?? (await ownEtag(store, mine));
    return etag === null ? null : held(store, mine, etag);
  };
  return {
    table: store.location,
    lock: store.locate(LOCK),
    read: () => find(store),
    claim: (mine) => write(mine, { absent: true }),
    replace: (found, mine) => write(mine, { etag: found.stamp }),
  };
}

function held(store: ObjectStore, mine: LockRecord, first: string): HeldLock {
  let etag = first;
  return {
    async beat() {
      const written = (await store.writeText(LOCK, lockText(mine), { etag })) ?? (await ownEtag(store, mine));
      if (written === null) return false;
      etag = written;
      return true;
    },
    async remove() {
      if ((await ownEtag(store, mine)) !== null) await store.remove([LOCK]);
    },
  };
}

/** The ETag of the lock if it is ours: a write whose answer was lost is asked for again by the client, and then its condition does not hold. */
async function ownEtag(store: ObjectStore, mine: LockRecord): Promise<string | null> {
  const found = await find(store);
  return found?.record.token === mine.token ? found.stamp : null;
}

async function find(store: ObjectStore): Promise<FoundLock | null> {
  const found = await store.readText(LOCK);
  if (found === null) return null;
  const record = parseLock(found.text);
  return { record, stamp: found.etag, beat: Date.parse(record.beat ?? "") };
}

function lockText(mine: LockRecord): string {
  return JSON.stringify({ ...mine, beat: new Date().toISOString() } satisfies LockRecord);
}
