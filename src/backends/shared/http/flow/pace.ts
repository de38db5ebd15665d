import type { Clock } from "../../../../core/ports/clock.ts";

/** When the next request may begin. */
export type Pace = {
  /** Resolves when it is the caller's turn. */
  turn(signal: AbortSignal): Promise<void>;
  /** Delays all requests by this number of milliseconds, because the server asked for it. */
  rest(milliseconds: number): void;
};

/** Spreads the starts evenly over the second, so that a burst does not exceed a limit that the average keeps. */
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
