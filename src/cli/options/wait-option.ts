import type { Command } from "commander";
import { InvalidArgumentError } from "commander";

export type WaitOptions = { readonly wait?: true | number };

/** The time of a `--wait` without one. */
const DEFAULT_SECONDS = 3600;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

export function addWaitOption(command: Command): Command {
  return command.option(
    "--wait [time]",
    "wait for another run that is writing the table: 90s, 10m, 2h (default: 1h)",
    parseTime,
  );
}

/** What the engine is given: milliseconds to wait. */
export function waitOf({ wait }: WaitOptions): { waitMs?: number } {
  return wait === undefined ? {} : { waitMs: (wait === true ? DEFAULT_SECONDS : wait) * 1000 };
}

/** Seconds. */
function parseTime(text: string): number {
  const [, count, unit = "s"] = TIME.exec(text) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (seconds <= 7 * 86_400) return seconds;
  throw new InvalidArgumentError("It must be a time up to 7 days, such as 90s, 10m or 2h.");
}

const TIME = /^(\d+(?:\.\d+)?)([smh]?)$/;

/** In `--wait job.yaml`, the word after `--wait` is not a time but the next argument. Commander cannot know that. */
export function separateWait(args: readonly string[]): readonly string[] {
  const at = args.indexOf("--wait");
  const next = args[at + 1];
  if (at === -1 || next === undefined || next.startsWith("-") || /^\d/.test(next)) return args;
  return [...args.slice(0, at), ...args.slice(at + 1), "--wait"];
}
