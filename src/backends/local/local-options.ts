import { extname } from "node:path";
import type { NonFinite } from "../shared/http/index.ts";
import { HTTP_SESSION_DEFAULTS } from "../shared/http/index.ts";
import type { OptionReader } from "../shared/option-reader.ts";
import { createOptionReader } from "../shared/option-reader.ts";
import { MODEL_EXTENSIONS } from "./load-model.ts";
import { localCapabilities } from "./local-capabilities.ts";

/** The job's `backend` object, checked. */
export type LocalOptions = {
  readonly model:
    | { readonly kind: "file"; readonly path: string }
    | {
        readonly kind: "command";
        readonly command: string;
        readonly healthPath: string;
        readonly invocationsPath: string;
      };
  readonly startTimeoutSeconds: number;
  /** Until one request's answer begins. */
  readonly requestTimeoutSeconds: number;
  readonly concurrency: number;
  readonly nonFinite: NonFinite;
  /** Added to the environment of the model's process. Values are secrets. */
  readonly env: Readonly<Record<string, string>>;
};

const OPTION_NAMES = [
  "model",
  "command",
  "health_path",
  "invocations_path",
  "start_timeout_s",
  "request_timeout_s",
  "concurrency",
  "non_finite",
  "env",
] as const;

/** Python servers import for a long time, from a cold disk most of all. */
const START_TIMEOUT_S = 120;
const REQUEST_TIMEOUT_S = 300;
const LONGEST_TIME_S = 86_400;

/** Throws BACKEND_OPTIONS_INVALID, which names the option and never shows a value of `env`. */
export function parseLocalOptions(input: Readonly<Record<string, unknown>>): LocalOptions {
  const reader = createOptionReader("local", input, OPTION_NAMES);
  const { min, max, default: concurrency } = localCapabilities.concurrency;
  const seconds = (name: string, fallback: number): number =>
    reader.number(name, { min: 0.001, max: LONGEST_TIME_S }) ?? fallback;
  return Object.freeze({
    model: readModel(reader),
    startTimeoutSeconds: seconds("start_timeout_s", START_TIMEOUT_S),
    requestTimeoutSeconds: seconds("request_timeout_s", REQUEST_TIMEOUT_S),
    concurrency: reader.number("concurrency", { min, max, integer: true }) ?? concurrency,
    nonFinite: reader.oneOf("non_finite", ["refuse", "as_null"]) ?? HTTP_SESSION_DEFAULTS.nonFinite,
    env: reader.texts("env") ?? {},
  });
}

function readModel(reader: OptionReader): LocalOptions["model"] {
  const path = reader.text("model");
  const command = reader.text("command");
  if (path !== undefined && command !== undefined) {
    throw reader.invalid("command", "stands beside `model`: a run has one model, so give one of the two.");
  }
  if (command !== undefined) {
    const healthPath = readPath(reader, "health_path") ?? "/ping";
    return {
      kind: "command",
      command,
      healthPath,
      invocationsPath: readPath(reader, "invocations_path") ?? "/invocations",
    };
  }
  if (path === undefined) {
    throw reader.invalid(
      "model",
      "is missing: the path of a model (.ts, .js or .onnx), or a `command` that serves one by HTTP.",
    );
  }
  for (const name of ["health_path", "invocations_path"]) {
    if (reader.text(name) !== undefined)
      throw reader.invalid(name, "belongs to a `command`; a `model` is served by scoreframe.");
  }
  if (!MODEL_EXTENSIONS.includes(extname(path).toLowerCase())) {
    throw reader.invalid(
      "model",
      `must be a file that ends in ${MODEL_EXTENSIONS.join(", ")}; serve any other kind of model with a \`command\`.`,
    );
  }
  return { kind: "file", path };
}

function readPath(reader: OptionReader, name: string): string | undefined {
  const path = reader.text(name);
  if (path !== undefined && (!path.startsWith("/") || path.startsWith("//"))) {
    throw reader.invalid(name, "must be a path that begins with one /, such as /ping.");
  }
  return path;
}
