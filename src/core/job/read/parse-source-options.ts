import type { z } from "zod";
import { describeIssues } from "./describe-issues.ts";
import { IN_MEMORY, problemsError } from "./job-problem.ts";

/** The options of a source by its schema. Throws `JOB_INVALID`. A job's own are valid already; a program may pass others. */
export function parseSourceOptions<Schema extends z.ZodType>(
  schema: Schema,
  kind: string,
  input: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const source = { ...input, kind };
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: ["source", ...issue.path] }));
  throw problemsError("JOB_INVALID", describeIssues(issues, { source }), IN_MEMORY);
}
