import { Command } from "commander";
import type { CheckReport } from "../../core/use-cases/check/check.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import { setupError } from "../failures/setup-error.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { jobOptions } from "../options/job-options.ts";
import { parseCount } from "../options/parse-count.ts";
import type { OutputOptions, QuietOptions, SetOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addQuietOption, addSetOption, addWorkspaceOption } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { checkList } from "../render/check-list.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";

type CheckOptions = OutputOptions & QuietOptions & SetOptions & WorkspaceOptions & { readonly sampleRows?: number };

const EXAMPLES: readonly Example[] = [
  ["check the job, and send 20 rows through its model", "check job.yaml"],
  ["fill a variable, and send more rows", "check job.yaml --set ds=2024-05-01 --sample-rows 200"],
];

export function checkCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("check")
    .description("check a job and send a sample of its rows through the real model; publishes nothing")
    .argument("<job>", "job file")
    .option("--sample-rows <count>", "rows of the sample (default: 20)", parseCount);
  addQuietOption(addOutputOptions(addWorkspaceOption(addSetOption(command))));
  addHelp(command, EXAMPLES);
  return command.action(async (path: string, options: CheckOptions) => {
    const sample = options.sampleRows === undefined ? {} : { sampleRows: options.sampleRows };
    const report = await withEngine(options, context, (engine, onEvent) =>
      engine.check(path, { ...jobOptions(options, context), ...sample, onEvent }),
    );
    assertCompleted(report, context.signal);
    if (options.json === true) printDocument(report, context);
    else context.stdout.write(checkList(report, styleFor(context.stdout)));
    conclude(report.ok ? EXIT_CODES.success : EXIT_CODES.failed);
  });
}

/** A check that was interrupted, or failed because of an incomplete installation, says nothing about the job. */
function assertCompleted({ error }: CheckReport, signal: AbortSignal): void {
  if (error === null) return;
  signal.throwIfAborted();
  const incomplete = setupError(error);
  if (incomplete !== null) throw incomplete;
}
