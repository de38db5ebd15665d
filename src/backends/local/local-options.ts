import type { z } from "zod";
import type { NonFinite } from "../shared/http/index.ts";
import { contentTypeHeaders } from "../shared/options/content-type-options.ts";
import { readOptions } from "../shared/options/read-options.ts";
import { localOptionsSchema } from "./local-options-schema.ts";

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
  /** Of requests to a `command`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly startTimeoutSeconds: number;
  /** Until one request's response begins. */
  readonly requestTimeoutSeconds: number;
  readonly unreachableTimeoutSeconds: number;
  readonly concurrency: number;
  readonly nonFinite: NonFinite;
  /** Added to the environment of the model's process. Values are secrets. */
  readonly env: Readonly<Record<string, string>>;
};

/** Throws BACKEND_OPTIONS_INVALID, which names the option and never shows a value of `env`. */
export function parseLocalOptions(input: Readonly<Record<string, unknown>>): LocalOptions {
  const options = readOptions("local", localOptionsSchema, input);
  return Object.freeze({
    model: modelOf(options),
    headers: contentTypeHeaders(options),
    startTimeoutSeconds: options.start_timeout_s,
    requestTimeoutSeconds: options.request_timeout_s,
    unreachableTimeoutSeconds: options.unreachable_timeout_s,
    concurrency: options.concurrency,
    nonFinite: options.non_finite,
    env: options.env,
  });
}

/** The schema has checked that there is one of the two. */
function modelOf(options: z.output<typeof localOptionsSchema>): LocalOptions["model"] {
  const { model = "", command, health_path = "/ping", invocations_path = "/invocations" } = options;
  return command === undefined
    ? { kind: "file", path: model }
    : { kind: "command", command, healthPath: health_path, invocationsPath: invocations_path };
}
