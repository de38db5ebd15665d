import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { generateJobFiles } from "../../../scripts/generate-job-schema.ts";
import { generateJobTypes } from "../../../scripts/generate-job-types.ts";
import { BUILTIN_BACKENDS } from "../../../src/backends/builtin-backends.ts";
import { parseJob } from "../../../src/core/job/read/parse-job.ts";
import { readJobText } from "../../../src/core/job/read/read-job-text.ts";
import type { JsonSchema } from "../../../src/core/job/schema/job-json-schema.ts";
import { jobJsonSchema } from "../../../src/core/job/schema/job-json-schema.ts";

const root = new URL("../../../", import.meta.url);
const plugins = await Promise.all(BUILTIN_BACKENDS.map((backend) => backend.load()));
const schemas = [jobJsonSchema(), ...plugins.map(({ optionsSchema }) => optionsSchema?.() ?? {})];

describe("what is published of the job file", () => {
  it.each([...generateJobFiles(plugins), ...generateJobTypes(plugins)])(
    "$path is what the schema says today (npm run generate)",
    async ({ path, text }) => {
      expect(await readFile(new URL(path, root), "utf8")).toBe(text);
    },
  );

  it("explains every key, the options of the backends included", () => {
    const bare: string[] = [];
    const visit = (schema: JsonSchema, path: string): void => {
      for (const branch of [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])]) {
        for (const [key, child] of Object.entries(branch.properties ?? {})) {
          if (child.description === undefined) bare.push(`${path}${key}`);
          visit(child, `${path}${key}.`);
        }
      }
    };
    for (const schema of schemas) visit(schema, "");
    expect(bare).toEqual([]);
  });

  it("describes the options of every backend by its kind, and lets a backend of another kind have any", async () => {
    const published = z.fromJSONSchema(JSON.parse(await readFile(new URL("job.schema.json", root), "utf8")));
    const accepts = (backend: unknown): boolean =>
      published.safeParse({ name: "a", source: { kind: "rows" }, output: { path: "out" }, backend }).success;
    const url = "http://localhost:8080/invocations";
    const accepted = [
      { kind: "http", url, headers: { authorization: "Bearer ${TOKEN}" } },
      { kind: "local", model: "model.onnx", concurrency: 2 },
      { kind: "sagemaker", model_name: "${MODEL}", tags: { team: "a" } },
      { kind: "gateway", deployment: "late flights" },
      { kind: "${KIND}", url },
    ];
    const rejected = [
      { kind: "http", url, concurency: 8 },
      { kind: "http" },
      { kind: "http", url, concurrency: 0 },
      { kind: "local", model: "model.onnx", instance_type: "ml.c5.xlarge" },
      { kind: "sagemaker", model_name: "a_b" },
      { url },
    ];
    expect(accepted.filter((backend) => !accepts(backend))).toEqual([]);
    expect(rejected.filter((backend) => accepts(backend))).toEqual([]);
  });

  it("shows an example that is a job", async () => {
    const page = await readFile(new URL("docs/reference/job-file.md", root), "utf8");
    const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
    const { value } = readJobText(example, "yaml", "example");
    expect(parseJob(value, { env: { MODEL_TOKEN: "t" }, set: { ds: "2024-05-01" } }).name).toBe("flight-delay-scores");
  });
});
