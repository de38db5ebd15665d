import { Command } from "commander";
import { parseExact } from "../../core/json/exact-json.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { parsePort } from "../options/parse-count.ts";
import type { OutputOptions } from "../options/shared-options.ts";
import { addOutputOptions } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";
import type { DryRun } from "../render/dry-run-summary.ts";
import { dryRunSummary } from "../render/dry-run-summary.ts";
import { styleFor } from "../render/style.ts";

type ServeOptions = OutputOptions & {
  readonly model?: string;
  readonly command?: string;
  readonly port?: number;
  readonly host?: string;
  readonly dryRun?: boolean;
  readonly example?: string;
};

const EXAMPLES: readonly Example[] = [
  ["serve a model at http://127.0.0.1:8080", "serve --model model.ts"],
  ["score one row, and end", `serve --model model.onnx --dry-run --example '{"delay": 5}'`],
];

export function serveCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("serve")
    .description("serve a model over HTTP: GET /ping and POST /invocations")
    .option("--model <file>", "a model: .ts, .js or .onnx")
    .option("--command <command>", "a command that serves one; {port} is filled in")
    .option("--port <port>", "where to listen; 0 takes a free port (default: 8080)", parsePort)
    .option("--host <address>", "address to listen on; a container needs 0.0.0.0 (default: 127.0.0.1)")
    .option("--dry-run", "load the model, score one row, and end")
    .option("--example <json>", "that row, as a JSON object (default: the model's own example)");
  addOutputOptions(command);
  addHelp(command, EXAMPLES);
  return command.action(async (options: ServeOptions) => {
    const { model, command: line, port, host, dryRun, example } = options;
    const { serveModel } = await import("../../composition/serve-model.ts");
    const result = await serveModel({
      backend: { ...(model === undefined ? {} : { model }), ...(line === undefined ? {} : { command: line }) },
      baseDirectory: context.workingDirectory,
      ...(host === undefined ? {} : { host }),
      ...(port === undefined ? {} : { port }),
      ...(dryRun === undefined ? {} : { dryRun }),
      ...(example === undefined ? {} : { example }),
      signal: context.signal,
      log: (text) => context.stderr.write(`${text}\n`),
    });
    if (options.json === true) printDocument(result.kind === "dry-run" ? dryRunDocument(result) : STOPPED, context);
    else if (result.kind === "dry-run") context.stdout.write(dryRunSummary(result, styleFor(context.stdout)));
    conclude(EXIT_CODES.success);
  });
}

const STOPPED = { status: "stopped", error: null };

/** Numbers keep every digit. */
function dryRunDocument({ description, example, prediction, seconds }: DryRun): object {
  return {
    status: "scored",
    model: description,
    example: parseExact(example),
    prediction: parseExact(prediction),
    timings_s: seconds,
    error: null,
  };
}
