import { randomInt } from "node:crypto";
import type { Clock } from "../../ports/clock.ts";

const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";
const RANDOM_LETTERS = 6;

/** `20240501T093000-k3f9ab`: sorts by time, safe in a path, a URL and a job name. */
export function newRunId(clock: Pick<Clock, "now">): string {
  const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+Z$/g, "");
  const random = Array.from({ length: RANDOM_LETTERS }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${time}-${random}`;
}
