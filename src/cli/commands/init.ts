import { Command } from "commander";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { askOptions } from "../init/ask-options.ts";
import type { InitOptions } from "../init/flag-answers.ts";
import { flagAnswers } from "../init/flag-answers.ts";
import { writeJobFile } from "../init/write-job-file.ts";
import { parseList } from "../options/parse-list.ts";
import { addOutputOptions } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";

const EXAMPLES: readonly Example[] = [
  [
    "write job.yaml for a file of rows and a model",
    "init --rows data/flights.csv --model model.ts --features delay,distance",
  ],
  [
    "a query over two tables, and a server that runs already",
    "init daily.yaml --table f=flights.parquet --table a=airports.csv --sql 'select * from f join a using (airport)' --url http://localhost:8080/invocations",
  ],
];

export function initCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("init")
    .description("write a commented job file; asks on a terminal for what the options do not say")
    .argument("[path]", "the file to write", "job.yaml")
    .option("--name <name>", "name of the job (default: that of the file)")
    .option("--rows <file>", "score the rows of this file: Parquet, CSV, JSON lines")
    .option("--table <name=path>", "a table for --sql; may be repeated", collect, [])
    .option("--sql <query>", "score what this query returns (default: all of the first --table)")
    .option("--model <file>", "a model: .ts, .js or .onnx")
    .option("--command <command>", "a command that serves the model over HTTP; {port} is filled in")
    .option("--url <url>", "a server that runs already")
    .option("--token-variable <name>", "environment variable with the bearer token for --url")
    .option("--features <columns>", "columns that are sent, separated by commas", parseList)
    .option("--passthrough <columns>", "columns that are only kept for the output", parseList)
    .option("--output <folder>", "folder of the table that is written (default: out/<name>)")
    .option("--partition-by <columns>", "columns that become folders", parseList)
    .option("--force", "overwrite the file");
  addOutputOptions(command);
  addHelp(command, EXAMPLES);
  return command.action(async (path: string, options: InitOptions) => {
    const canAsk = context.stdin.isTTY === true && context.stderr.isTTY === true;
    const complete = canAsk ? { ...options, ...(await askOptions(path, options, context)) } : options;
    const given = flagAnswers(path, complete, context);
    // Loaded here, so that --help and usage errors are quick.
    const { inspectAnswers } = await import("../init/inspect-answers.ts");
    const { answers, columns, notes } = await inspectAnswers(path, given, context);
    const written = await writeJobFile(path, answers, { force: options.force === true, context });
    for (const note of notes) context.stderr.write(`${note}\n`);
    if (options.json === true)
      printDocument({ path: written, columns, features: answers.features ?? null, error: null }, context);
    else context.stdout.write(`Wrote ${path}. Next: scoreframe check ${path}\n`);
    conclude(EXIT_CODES.success);
  });
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}
