import { resolve } from "node:path";
import { Command } from "commander";
import type { CliContext, Conclude } from "../cli-context.ts";
import { demoSummary } from "../demo/demo-summary.ts";
import { runDemo } from "../demo/run-demo.ts";
import { EXIT_CODES, exitCodeOfRun } from "../failures/exit-code.ts";
import { printError } from "../failures/print-error.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { parseCount } from "../options/parse-count.ts";
import type { OutputOptions, QuietOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addQuietOption, addWorkspaceOption } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { styleFor } from "../render/style.ts";

type DemoOptions = OutputOptions &
  QuietOptions &
  WorkspaceOptions & { readonly rows?: number; readonly output: string };

const EXAMPLES: readonly Example[] = [
  ["score the flights that come with scoreframe", "demo"],
  ["only the first 10,000", "demo --rows 10000 --output out/demo"],
];

export function demoCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("demo")
    .description("score flights that come with scoreframe, and show that no row was lost")
    .option("--rows <count>", "this many, from the beginning of the table", parseCount)
    .option("--output <folder>", "folder of the table; its job file is written next to it", "out/flight_delay_scores");
  addOutputOptions(addQuietOption(addWorkspaceOption(command)));
  addHelp(command, EXAMPLES);
  return command.action(async (options: DemoOptions) => {
    const output = resolve(context.workingDirectory, options.output);
    const { document, error } = await runDemo({ ...options, output, rows: options.rows ?? null }, context);
    if (options.json === true) printDocument(document, context);
    else context.stdout.write(demoSummary(document, { style: styleFor(context.stdout), ...context }));
    if (error !== null) printError(error, context, { verbose: options.verbose === true });
    conclude(
      error === null
        ? EXIT_CODES.success
        : exitCodeOfRun({ ...document.report, status: "failed", error: error.toJSON() }),
    );
  });
}
