import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { generateJobFiles } from "../../../scripts/generate-job-schema.ts";
import type { JsonSchema } from "../../../src/core/job/job-json-schema.ts";
import { jobJsonSchema } from "../../../src/core/job/job-json-schema.ts";
import { parseJob } from "../../../src/core/job/parse-job.ts";
import { readJobText } from "../../../src/core/job/read-job-text.ts";

const root = new URL("../../../", import.meta.url);

describe("what is published of the job file", () => {
  it.each(generateJobFiles())("$path is what the schema says today (npm run generate)", async ({ path, text }) => {
    expect(await readFile(new URL(path, root), "utf8")).toBe(text);
  });

  it("explains every key", () => {
    const bare: string[] = [];
    const visit = (schema: JsonSchema, path: string): void => {
      for (const branch of [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) {
        for (const [key, child] of Object.entries(branch.properties ?? {})) {
          if (child.description === undefined) bare.push(`${path}${key}`);
          visit(child, `${path}${key}.`);
        }
      }
    };
    visit(jobJsonSchema(), "");
    expect(bare).toEqual([]);
  });

  it("shows an example that is a job", async () => {
    const page = await readFile(new URL("docs/reference/job-file.md", root), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const { value } = readJobText(example, "yaml", "example");
    expect(parseJob(value, { env: { MODEL_TOKEN: "t" }, set: { ds: "2024-05-01" } }).name).toBe("flight-delay-scores");
  });
});
