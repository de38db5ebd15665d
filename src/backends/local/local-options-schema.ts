import { extname } from "node:path";
import { z } from "zod";
import { HTTP_SESSION_DEFAULTS } from "../shared/http/index.ts";
import { contentTypeOptions } from "../shared/options/content-type-options.ts";
import { localCapabilities } from "./local-capabilities.ts";
import { MODEL_EXTENSIONS } from "./model/load-model.ts";

const LONGEST_TIME_S = 86_400;

const seconds = z.number().min(0.001).max(LONGEST_TIME_S);
const path = z
  .string()
  .min(1)
  .regex(/^\/(?!\/)/, "must be a path that begins with one /, such as /ping.");
const concurrency = localCapabilities.concurrency;

/** The options of `backend: { kind: local }`: parsing, types, the published JSON Schema and the table of the reference page come from it. */
export const localOptionsSchema = z
  .strictObject({
    model: z
      .string()
      .min(1)
      .optional()
      .describe("Path of a model: `.ts`, `.mts`, `.js`, `.mjs` or `.onnx`, relative to the job file's folder."),
    command: z
      .string()
      .min(1)
      .optional()
      .describe(
        "Instead of `model`: a shell command that serves a model over HTTP. `{port}` is replaced by the port to use.",
      ),
    health_path: path.optional().describe("Of a `command`: returns 2xx when it is ready. Without it: `/ping`."),
    invocations_path: path.optional().describe("Of a `command`: where rows are posted. Without it: `/invocations`."),
    ...contentTypeOptions,
    // Python servers import for a long time, from a cold disk most of all.
    start_timeout_s: seconds.default(120).describe("Until the model must be ready."),
    unreachable_timeout_s: z
      .number()
      .min(0)
      .max(LONGEST_TIME_S)
      .default(HTTP_SESSION_DEFAULTS.unreachableTimeoutMs / 1000)
      .describe(
        "How long a server that was ready is waited for when it cannot be reached, while its process runs: workers that are started again.",
      ),
    request_timeout_s: seconds.default(300).describe("Until a response must begin."),
    concurrency: z
      .int()
      .min(concurrency.min)
      .max(concurrency.max)
      .default(concurrency.default)
      .describe("Requests in flight."),
    non_finite: z
      .enum(["refuse", "as_null"])
      .default(HTTP_SESSION_DEFAULTS.nonFinite)
      .describe(
        "A `NaN` or `Infinity` in a prediction: `refuse` fails its row, `as_null` reads it as null. In the response of a `command` that is a bare `NaN` or `Infinity`.",
      ),
    env: z
      .record(z.string(), z.string())
      .default({})
      .describe("Added to the environment of the model's process. Values are treated as secrets."),
  })
  .check((context) => {
    const found = modelComplaint(context.value);
    if (found !== null) context.issues.push({ code: "custom", ...found, input: context.value });
  });

/** Options of a command only: scoreframe's own server needs none of them. */
const COMMAND_OPTIONS = ["health_path", "invocations_path", "content_type", "accept"] as const;

type ModelOptions = Readonly<Record<"model" | "command" | (typeof COMMAND_OPTIONS)[number], string | undefined>>;

function modelComplaint(options: Partial<ModelOptions>): { readonly path: string[]; readonly message: string } | null {
  const { model, command } = options;
  if (model !== undefined && command !== undefined)
    return {
      path: ["command"],
      message: "is given in addition to `model`: a run has one model, so give one of the two.",
    };
  if (command !== undefined) return null;
  if (model === undefined) {
    const message = "is missing: the path of a model (.ts, .js or .onnx), or a `command` that serves one by HTTP.";
    return { path: ["model"], message };
  }
  const stray = COMMAND_OPTIONS.find((name) => options[name] !== undefined);
  if (stray !== undefined)
    return { path: [stray], message: "belongs to a `command`; a `model` is served by scoreframe." };
  if (MODEL_EXTENSIONS.includes(extname(model).toLowerCase())) return null;
  const endings = MODEL_EXTENSIONS.join(", ");
  return {
    path: ["model"],
    message: `must be a file that ends in ${endings}; serve any other kind of model with a \`command\`.`,
  };
}
