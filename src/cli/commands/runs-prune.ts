import { Command } from "commander";
import type { PruneReport } from "../../core/use-cases/prune-runs/prune-runs.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import type { OutputOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addWorkspaceOption } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { formatAmount, formatBytes } from "../render/units.ts";
import { withEngine } from "../with-engine.ts";

type PruneOptions = OutputOptions & WorkspaceOptions & { readonly keep: string; readonly dryRun?: boolean };

const EXAMPLES: readonly Example[] = [
  ["what would be removed", "runs prune --keep 7d --dry-run"],
  ["all but the newest 20 runs, on S3", "runs prune --keep 20 --workspace s3://my-bucket/scoreframe"],
];

export function pruneCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("prune")
    .description("remove old runs from the workspace; tables and runs that go on stay")
    .requiredOption("--keep <limit>", "12h, 7d or 4w: runs that ended longer ago go; 20: all but the newest 20 go")
    .option("--dry-run", "report what would be removed, and remove nothing");
  addOutputOptions(addWorkspaceOption(command));
  addHelp(command, EXAMPLES, "runs");
  return command.action(async (_options: PruneOptions, self: Command) => {
    // `runs` has some of these options, too, and gets them first.
    const options = self.optsWithGlobals<PruneOptions>();
    const { keep, dryRun = false } = options;
    const report = await withEngine({ ...options, quiet: true }, context, (engine) =>
      engine.prune({ keep, dryRun, signal: context.signal }),
    );
    if (options.json === true) printDocument({ ...report, error: null }, context);
    else context.stdout.write(pruneText(report));
    conclude(EXIT_CODES.success);
  });
}

function pruneText({ removed, kept, bytes, dry_run: dryRun }: PruneReport): string {
  const lines = dryRun ? removed.map((run) => `${run.run_id}  ${run.job}  ${formatBytes(run.bytes)}\n`) : [];
  const verb = dryRun ? "Would remove" : "Removed";
  const rest = `${formatAmount(kept, "run")} ${kept === 1 ? "stays" : "stay"}`;
  return `${lines.join("")}${verb} ${formatAmount(removed.length, "run")}, ${formatBytes(bytes)}; ${rest}.\n`;
}
