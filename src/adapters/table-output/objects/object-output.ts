import type { Clock } from "../../../core/ports/clock.ts";
import type { ObjectStore } from "../../../core/ports/object-store.ts";
import type { TableOutput } from "../../../core/ports/table-output.ts";
import { longestNames } from "../table-layout.ts";
import type { LockTiming } from "../table-lock.ts";
import { checkObjects, readStoredManifest } from "./check-objects.ts";
import { lockObjects, OBJECT_TIMING } from "./object-lock.ts";
import { stageObjects } from "./object-staging.ts";
import { completeObjectSwitches } from "./object-switch.ts";
import { repairObjects } from "./repair-objects.ts";

/** S3's own limit. */
const MOST_KEY_BYTES = 1024;

/** A table in an object store. How its switch works, and what each kind of reader sees: docs/reference/output.md. */
export function createObjectOutput(
  store: ObjectStore,
  clock: Pick<Clock, "now">,
  timing: LockTiming = OBJECT_TIMING,
): TableOutput {
  return {
    location: store.location,
    async check(intent) {
      await checkObjects(store, intent);
    },
    partitionRoom: (runId) => MOST_KEY_BYTES - keyBytes(store.location) - longestNames(runId),
    manifest: async () => (await readStoredManifest(store))?.manifest ?? null,
    async lock(runId, options = {}) {
      const lock = await lockObjects(store, runId, options, timing);
      try {
        await completeObjectSwitches(store);
        return lock;
      } catch (thrown) {
        await lock.release().catch(() => undefined);
        throw thrown;
      }
    },
    stage: (runId, signal) => stageObjects(store, runId, clock, signal),
    repair: (options = {}) => repairObjects(store, () => lockObjects(store, "repair", options, timing)),
  };
}

/** Of what keys begin with: `s3://bucket/prefix`. */
function keyBytes(location: string): number {
  return Buffer.byteLength(location.split("/").slice(3).join("/"));
}
