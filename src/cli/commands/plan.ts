import { Command } from "commander";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { jobOptions } from "../options/job-options.ts";
import type { OutputOptions, QuietOptions, SetOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addQuietOption, addSetOption, addWorkspaceOption } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { planTable } from "../render/plan-table.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";

type PlanOptions = OutputOptions & QuietOptions & SetOptions & WorkspaceOptions;

const EXAMPLES: readonly Example[] = [
  ["rows, requests, shards and advice", "plan job.yaml --set ds=2024-05-01"],
  ["what would change with larger requests", "plan job.yaml --set requests.batch_size=500 --json"],
];

export function planCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("plan")
    .description("say what a run would do: rows, bytes, requests, shards, advice; spends nothing")
    .argument("<job>", "job file");
  addQuietOption(addOutputOptions(addWorkspaceOption(addSetOption(command))));
  addHelp(command, EXAMPLES);
  return command.action(async (path: string, options: PlanOptions) => {
    const report = await withEngine(options, context, (engine, onEvent) =>
      engine.plan(path, { ...jobOptions(options, context), onEvent }),
    );
    if (options.json === true) printDocument({ ...report, error: null }, context);
    else context.stdout.write(planTable(report, styleFor(context.stdout)));
    conclude(EXIT_CODES.success);
  });
}
