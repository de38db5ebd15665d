import { parseSetArguments } from "../../core/job/read/set-overrides.ts";
import type { JobOptions } from "../../core/run/options.ts";
import type { CliContext } from "../cli-context.ts";
import type { SetOptions } from "./shared-options.ts";

/** The options that the engine takes in addition to the path of a job file. Throws USAGE for a `--set` that is not key=value. */
export function jobOptions({ set }: SetOptions, { env, workingDirectory, signal }: CliContext): JobOptions {
  return { set: parseSetArguments(set), env, baseDirectory: workingDirectory, signal };
}
