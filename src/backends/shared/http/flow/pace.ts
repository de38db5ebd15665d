import type { Clock } from "../../../../core/ports/clock.ts";

/** When the next request may begin. */
export type Pace = {
  /** Resolves when it is the caller's turn. */
  turn(signal: AbortSignal): Promise<void>;
  /** Lets nobody begin for so many milliseconds: the server asked for a rest. */
  rest(milliseconds: number): void;
};

/** Starts are spread evenly over the second, so that a burst never meets a limit that an average would have kept. */
export function createPace(requestsPerSecond: number | null, clock: Clock): Pace {
  const gap = requestsPerSecond === null ? 0 : 1000 / requestsPerSecond;
  let nextTurn = 0;
  let restUntil = 0;
  return {
    async turn(signal) {
      const now = clock.now();
      const mine = Math.max(now, nextTurn);
      nextTurn = mine + gap;
      if (mine > now) await clock.sleep(mine - now, signal);
      while (clock.now() < restUntil) await clock.sleep(restUntil - clock.now(), signal);
    },
    rest(milliseconds) {
      restUntil = Math.max(restUntil, clock.now() + milliseconds);
    },
  };
}
