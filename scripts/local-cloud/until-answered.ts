import { setTimeout as sleep } from "node:timers/promises";

const INTERVAL_MS = 100;

/** Sends requests until there is an HTTP response, of any status. False if there is none, or the wait is given up. */
export async function untilAnswered(
  endpoint: string,
  withinMs: number,
  isGivenUp: () => boolean = () => false,
): Promise<boolean> {
  for (let waited = 0; waited < withinMs && !isGivenUp(); waited += INTERVAL_MS) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return true;
    await sleep(INTERVAL_MS);
  }
  return false;
}
