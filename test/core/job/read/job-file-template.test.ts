import { describe, expect, it } from "vitest";
import { httpBackend } from "../../../../src/backends/http/http-backend.ts";
import { localBackend } from "../../../../src/backends/local/local-backend.ts";
import type { JobFileAnswers } from "../../../../src/core/job/read/job-file-template.ts";
import { jobFileTemplate } from "../../../../src/core/job/read/job-file-template.ts";
import { parseJob } from "../../../../src/core/job/read/parse-job.ts";
import { readJobText } from "../../../../src/core/job/read/read-job-text.ts";
import type { Job } from "../../../../src/core/job/schema/job.ts";

const source = { kind: "rows", path: "rows.csv" } as const;
const BACKENDS: readonly JobFileAnswers["backend"][] = [
  { kind: "local", model: "model.onnx" },
  { kind: "local", command: 'python serve.py --port {port} --name "a: b"' },
  { kind: "http", url: "http://localhost:8080/invocations" },
  { kind: "http", url: "http://localhost:8080/invocations", tokenVariable: "TOKEN" },
];

function parse(text: string): Job {
  const { value, origin } = readJobText(text, "yaml", "job.yaml");
  return parseJob(value, { origin, env: { TOKEN: "t" }, variables: { ds: "2024-05-01" } });
}

describe("the job file that init writes", () => {
  it.each(BACKENDS)("is a job for %j, whose options the backend takes", (backend) => {
    const { kind, ...options } = parse(jobFileTemplate({ name: "first", source, backend })).backend;
    const plugin = [localBackend, httpBackend].find(({ id }) => id === kind);
    expect(plugin?.parseOptions(options)).toBeTypeOf("object");
  });

  it.each(BACKENDS)("is a job for %j with all of its examples switched on", (backend) => {
    const text = jobFileTemplate({ name: "first", source, backend });
    const all = text.replace(/^( *)# ( *\w+:.*)$/gm, "$1$2");
    expect(all).not.toBe(text);
    expect(parse(all)).toMatchObject({ model: { features: ["a", "b"] }, output: { partition_by: ["ds"] } });
  });

  it("keeps every answer, whatever signs are in it", () => {
    const sql = "select *, '{{ ds }}' as ds -- all: of them #1\n\n  from flights\n where note <> '\"x\" \\ é'\n";
    const job = parse(
      jobFileTemplate({
        name: "daily: #1",
        source: { kind: "sql", tables: { flights: "data/*.parquet", "odd name": "C:\\x" }, sql },
        backend: { kind: "local", model: "models/- a.onnx" },
        features: ["a", "b, c", "true"],
        passthrough: ["id: x"],
        outputPath: "out/{{ ds }}",
        partitionBy: ["ds"],
        schema: "./job.schema.json",
      }),
    );
    expect(job).toMatchObject({
      name: "daily: #1",
      source: {
        tables: { flights: "data/*.parquet", "odd name": "C:\\x" },
        sql: sql.replace("{{ ds }}", "2024-05-01"),
      },
      model: { features: ["a", "b, c", "true"], passthrough: ["id: x"] },
      backend: { model: "models/- a.onnx" },
      output: { path: "out/2024-05-01", partition_by: ["ds"] },
    });
  });
});
