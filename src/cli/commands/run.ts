import { Command } from "commander";
import type { CliContext, Conclude } from "../cli-context.ts";
import { exitCodeOfRun } from "../failures/exit-code.ts";
import { printError } from "../failures/print-error.ts";
import { setupError } from "../failures/setup-error.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { jobOptions } from "../options/job-options.ts";
import type { OutputOptions, QuietOptions, SetOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addQuietOption, addSetOption, addWorkspaceOption } from "../options/shared-options.ts";
import type { WaitOptions } from "../options/wait-option.ts";
import { addWaitOption, waitOf } from "../options/wait-option.ts";
import { printDocument } from "../print-document.ts";
import { runSummary } from "../render/run-summary.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";

type RunOptions = OutputOptions &
  QuietOptions &
  SetOptions &
  WorkspaceOptions &
  WaitOptions & { readonly runId?: string };

const EXAMPLES: readonly Example[] = [
  ["score all rows of a job and publish the table", "run job.yaml"],
  ["fill {{ ds }}, and change a key of the job", "run job.yaml --set ds=2024-05-01 --set requests.batch_size=500"],
  [
    "in a pipeline: one line of JSON on stdout, and runs on S3",
    "run job.yaml --json --workspace s3://my-bucket/scoreframe",
  ],
];

export function runCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("run")
    .description("score every row of a job and publish the table")
    .argument("<job>", "job file: .yaml, .yml, .json, .ts, .mts, .js or .mjs");
  command.option("--run-id <id>", "name of the run (default: a new one): publishing again under it adds no row twice");
  addWaitOption(command);
  addQuietOption(addOutputOptions(addWorkspaceOption(addSetOption(command))));
  addHelp(command, EXAMPLES);
  return command.action(async (path: string, options: RunOptions) => {
    const { report, error } = await withEngine(options, context, async (engine, onEvent) => {
      const outcome = await engine.tryRun(path, {
        ...jobOptions(options, context),
        ...waitOf(options),
        ...(options.runId === undefined ? {} : { runId: options.runId }),
        onEvent,
      });
      const incomplete = setupError(outcome.error);
      if (incomplete === null) return outcome;
      return { error: incomplete, report: { ...outcome.report, error: incomplete.toJSON() } };
    });
    if (options.json === true) printDocument(report, context);
    else context.stdout.write(runSummary(report, { style: styleFor(context.stdout), ...context }));
    if (error !== null) printError(error, context, { verbose: options.verbose === true });
    conclude(exitCodeOfRun(report));
  });
}
