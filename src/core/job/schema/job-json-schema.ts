import { z } from "zod";
import { jobSchema } from "./job-schema.ts";

/** The part of JSON Schema (draft 7) that the job's schema uses. */
export type JsonSchema = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
};

let cached: JsonSchema | undefined;

/** JSON Schema of the job file as it is written. Draft 7, because that is what the YAML support of editors reads. */
export function jobJsonSchema(): JsonSchema {
  cached ??= z.toJSONSchema(jobSchema, { io: "input", target: "draft-7" }) as JsonSchema;
  return cached;
}
