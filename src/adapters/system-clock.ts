import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../core/ports/clock.ts";

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(milliseconds, signal) {
    try {
      await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      // The caller expects its own reason, not Node's AbortError around it.
      throw signal?.aborted ? signal.reason : error;
    }
  },
};
