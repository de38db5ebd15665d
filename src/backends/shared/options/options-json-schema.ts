import { z } from "zod";
import type { JsonSchema } from "../../../core/job/schema/job-json-schema.ts";

/** JSON Schema (draft 7) of a backend's options as a job file holds them. */
export function optionsJsonSchema(schema: z.ZodObject): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return rest as JsonSchema;
}
