import type { Clock } from "../../core/ports/clock.ts";
import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { TableOutput } from "../../core/ports/table-output.ts";
import { checkObjects, readStoredManifest } from "./check-objects.ts";
import type { LockTiming } from "./object-lock.ts";
import { lockObjects } from "./object-lock.ts";
import { stageObjects } from "./object-staging.ts";
import { completeObjectSwitch } from "./object-switch.ts";

/** A table in an object store. How its switch works, and what each kind of reader sees: docs/reference/output.md. */
export function createObjectOutput(store: ObjectStore, clock: Pick<Clock, "now">, timing?: LockTiming): TableOutput {
  return {
    location: store.location,
    async check(intent) {
      await checkObjects(store, intent);
    },
    manifest: async () => (await readStoredManifest(store))?.manifest ?? null,
    async lock(runId) {
      const lock = await lockObjects(store, runId, timing);
      try {
        await completeObjectSwitch(store, lock);
        return lock;
      } catch (thrown) {
        await lock.release().catch(() => undefined);
        throw thrown;
      }
    },
    stage: (runId, signal) => stageObjects(store, runId, clock, signal),
  };
}
