import { Command, Option } from "commander";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { StitchRequest } from "../../core/use-cases/stitch-files/stitch-prefixes.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import type { OutputOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { addOutputOptions, addWorkspaceOption } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import { stitchSummary } from "../render/stitch-summary.ts";
import { styleFor } from "../render/style.ts";
import { withEngine } from "../with-engine.ts";

type StitchOptions = OutputOptions &
  WorkspaceOptions &
  Pick<
    StitchRequest,
    | "requests"
    | "responses"
    | "output"
    | "protocol"
    | "rows"
    | "row"
    | "predictions"
    | "index"
    | "format"
    | "prefix"
    | "suffix"
    | "joined"
  > & { readonly key?: string; readonly keyAt?: string };

const EXAMPLES: readonly Example[] = [
  ["join requests and responses of a batch job into a table", "stitch --requests in --responses out --output table"],
  ["on S3, as CSV", "stitch --requests s3://b/in --responses s3://b/out --output s3://b/table --format csv"],
];

export function stitchCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("stitch")
    .description("join requests and responses that something else wrote into one table")
    .requiredOption("--requests <place>", "folder or s3://bucket/prefix with request files, one request a line")
    .requiredOption(
      "--responses <place>",
      "folder or s3://bucket/prefix with response files, each named after its request file",
    )
    .requiredOption("--output <place>", "folder or s3://bucket/prefix of the table that is written")
    .option("--protocol <name>", "how rows are written in a request (default: what the first one shows)")
    .option("--rows <pointer>", "JSON pointer to the list of rows in a request, such as /data")
    .option("--row <pointer>", "JSON pointer to the row in a request that holds one row alone")
    .option("--predictions <pointer>", "JSON pointer to the predictions in a response, such as /result")
    .option("--key <column>", "pair by a column of the requests whose value each prediction repeats")
    .option("--key-at <member>", "where a prediction has it: a name or JSON pointer (default: the column's name)")
    .option("--index <member>", "pair by the number of the row in its request, from 0, which each prediction has")
    .addOption(
      new Option("--format <format>", "format of the table (default: parquet)").choices(["parquet", "csv", "jsonl"]),
    )
    .option("--prefix <text>", "put before the name of every prediction column");
  command
    .option("--suffix <text>", "behind the name of a request file, the name of its response file (default: .out)")
    .option("--joined", "each response holds its request, too (JoinSource=Input)")
    .option("--no-joined", "cells that equal the request are predictions");
  addOutputOptions(addWorkspaceOption(command));
  addHelp(command, EXAMPLES);
  return command.action(async (options: StitchOptions) => {
    const { requests, responses, output, protocol, rows, row, predictions, format, prefix, suffix, joined } = options;
    const { key, keyAt, index } = options;
    if (key === undefined && keyAt !== undefined)
      throw new ScoreframeError("USAGE", "--key-at says where predictions have the key: give --key, too.", {
        option: "key-at",
      });
    const request: StitchRequest = {
      requests,
      responses,
      output,
      ...(protocol === undefined ? {} : { protocol }),
      ...(rows === undefined ? {} : { rows }),
      ...(row === undefined ? {} : { row }),
      ...(predictions === undefined ? {} : { predictions }),
      ...(key === undefined ? {} : { key: keyAt === undefined ? key : { column: key, at: keyAt } }),
      ...(index === undefined ? {} : { index }),
      ...(format === undefined ? {} : { format }),
      ...(prefix === undefined ? {} : { prefix }),
      ...(suffix === undefined ? {} : { suffix }),
      ...(joined === undefined ? {} : { joined }),
      baseDirectory: context.workingDirectory,
      signal: context.signal,
    };
    const report = await withEngine({ ...options, quiet: true }, context, (engine) => engine.stitch(request));
    if (options.json === true) printDocument({ ...report, error: null }, context);
    else context.stdout.write(stitchSummary(report, { style: styleFor(context.stdout), ...context }));
    conclude(report.dead_lettered > 0 ? EXIT_CODES.deadLetters : EXIT_CODES.success);
  });
}
