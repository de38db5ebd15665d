import { Command } from "commander";
import type { RunReport } from "../../core/domain/run-report.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import type { OutputOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addWorkspaceOption, workspaceOf } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { runSummary } from "../render/run-summary.ts";
import { runsTable } from "../render/runs-table.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";
import { pruneCommand } from "./runs-prune.ts";

type RunsOptions = OutputOptions & WorkspaceOptions;

const EXAMPLES: readonly Example[] = [
  ["all runs of the workspace, the newest first", "runs"],
  ["one run, as JSON", "runs 20240501T093000-k3f9ab --json"],
  ["remove the runs that ended more than a week ago", "runs prune --keep 7d"],
];

export function runsCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("runs")
    .description("list the runs of the workspace, newest first, or show one")
    .argument("[run-id]", "the run to show");
  addOutputOptions(addWorkspaceOption(command));
  addHelp(command, EXAMPLES);
  command.addCommand(pruneCommand(context, conclude));
  return command.action(async (runId: string | undefined, options: RunsOptions) => {
    // Records are read too quickly for a progress.
    const quietly = { ...options, quiet: true };
    if (runId === undefined) {
      printRuns(await withEngine(quietly, context, (engine) => engine.runs()), options, context);
    } else {
      printRun(await withEngine(quietly, context, (engine) => engine.runReport(runId)), options, context);
    }
    conclude(EXIT_CODES.success);
  });
}

function printRuns(reports: readonly RunReport[], options: RunsOptions, context: CliContext): void {
  const { stdout } = context;
  if (options.json === true) printDocument({ runs: reports, error: null }, context);
  else if (reports.length > 0) stdout.write(runsTable(reports, { now: Date.now(), style: styleFor(stdout) }));
  else stdout.write(`There are no runs in ${workspaceOf(options, context)}.\n`);
}

function printRun(report: RunReport, options: RunsOptions, context: CliContext): void {
  const { stdout } = context;
  const { error } = report;
  if (options.json === true) {
    printDocument(report, context);
    return;
  }
  stdout.write(runSummary(report, { style: styleFor(stdout), ...context }));
  if (error !== null) stdout.write(`Error ${error.code}: ${error.message}\n`);
}
