/**
 * Entry of a model's own process. Prints one JSON line on stdout: `{"url":…,"description":…,"warnings":[…]}` when the model is loaded, or
 * `{"error":{"code":…,"message":…}}`, with exit code 1, when it cannot be. Everything else goes to stderr. Ends on SIGTERM or SIGINT, and
 * when its stdin closes: the process that started it holds the other end, so that it cannot outlive that process.
 */
import { Console } from "node:console";
import { parseArgs } from "node:util";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { loadModel } from "../model/load-model.ts";
import { endGroup, watchParent } from "../process/watch-parent.ts";
import { startModelServer } from "./model-server.ts";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "0" },
      "non-finite": { type: "string", default: "refuse" },
      parent: { type: "string" },
    },
  });
  if (values.model === undefined) throw new ScoreframeError("USAGE", "The model server needs --model.");
  const server = await startModelServer({ host: values.host, port: Number(values.port), log });
  const stop = (): void => {
    // A model may hold timers or handles of its own, which must not keep the process.
    void server.close().finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
  // The process that started this one has closed the other end, or is gone: what the model has started must end, too.
  const end = (): void => void server.close().finally(endGroup);
  process.stdin.resume().once("end", end).once("error", end);
  if (values.parent !== undefined) watchParent(Number(values.parent));
  const model = await loadModel(values.model, log);
  server.serve({ ...model, nonFinite: values["non-finite"] === "as_null" ? "as_null" : "refuse" });
  announce({ url: server.url, description: model.description, warnings: model.warnings });
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function announce(line: object, done?: () => void): void {
  write(`${JSON.stringify(line)}\n`, done);
}

// What a model prints belongs to its log; stdout carries the one line only.
const write = process.stdout.write.bind(process.stdout) as (text: string, done?: () => void) => boolean;
process.stdout.write = process.stderr.write.bind(process.stderr);
globalThis.console = new Console(process.stderr, process.stderr);

main().catch((thrown: unknown) => {
  log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  const error = ScoreframeError.is(thrown)
    ? { code: thrown.code, message: thrown.message }
    : { code: "INTERNAL", message: messageOf(thrown) };
  announce({ error }, () => process.exit(1));
});
