import { Command } from "commander";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import type { OutputOptions, QuietOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addQuietOption } from "../options/shared-options.ts";
import type { WaitOptions } from "../options/wait-option.ts";
import { addWaitOption, waitOf } from "../options/wait-option.ts";
import { printDocument } from "../print-document.ts";
import { repairSummary } from "../render/repair-summary.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";

type RepairOptions = OutputOptions & QuietOptions & WaitOptions & WorkspaceOptions;

const EXAMPLES: readonly Example[] = [
  ["a table in a folder, after a power cut", "repair out/flight_delay_scores"],
  ["a table on S3, when the run that is writing it is done", "repair s3://bucket/tables/scores --wait 10m"],
];

export function repairCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("repair")
    .description("complete or roll back what a cut-off run has left of a table")
    .argument("<table>", "the table: a folder or s3://bucket/prefix, as in output.path");
  addQuietOption(addOutputOptions(addWaitOption(command)));
  addHelp(command, EXAMPLES);
  return command.action(async (table: string, options: RepairOptions) => {
    const report = await withEngine(options, context, (engine, onEvent) =>
      engine.repair(table, {
        ...waitOf(options),
        baseDirectory: context.workingDirectory,
        signal: context.signal,
        onEvent,
      }),
    );
    if (options.json === true) printDocument({ ...report, error: null }, context);
    else context.stdout.write(repairSummary(report, { style: styleFor(context.stdout), ...context }));
    conclude(EXIT_CODES.success);
  });
}
