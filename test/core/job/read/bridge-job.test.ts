import { describe, expect, it } from "vitest";
import { sagemakerBackend } from "../../../../src/backends/sagemaker/index.ts";
import { parseJob } from "../../../../src/core/job/read/parse-job.ts";
import { jobWarnings } from "../../../../src/core/job/record/job-provenance.ts";
import { errorOf } from "../sample-job.ts";

const FLAT = { model_name: "churn", version: 3, flavor: "mlflow", sql: "select * from t where ds = '{{ ds }}'" };
const variables = { ds: "2024-05-01" };

describe("a job with the flat keys of the Adroit bridge", () => {
  it("is a job for the sagemaker backend", () => {
    expect(parseJob(FLAT, { variables })).toMatchObject({
      name: "churn",
      source: { kind: "sql", tables: {}, sql: "select * from t where ds = '2024-05-01'" },
      requests: { file_size_mb: 5, batch_size: 5 },
      backend: {
        kind: "sagemaker",
        model_name: "churn",
        version: 3,
        instance_type: "ml.c5.xlarge",
        max_instance_count: 1,
      },
      output: { path: "out/churn" },
    });
  });

  it("keeps all that it says", () => {
    const full = {
      ...FLAT,
      name: "n",
      tables: { t: "t.parquet" },
      instance_type: "ml.m5.large",
      max_instance_count: 4,
      request_file_size_mb: 2.5,
      request_batch_size: 100,
      image: "repo/image:1",
      output: { path: "o", partition_by: ["ds"] },
    };
    expect(parseJob(full, { variables })).toMatchObject({
      name: "n",
      source: { tables: { t: "t.parquet" } },
      requests: { file_size_mb: 2.5, batch_size: 100 },
      backend: { instance_type: "ml.m5.large", max_instance_count: 4, image: "repo/image:1" },
      output: { path: "o", partition_by: ["ds"] },
    });
  });

  it("has its flavor and its Spark arguments ignored, and says so", () => {
    const job = parseJob({ ...FLAT, spark_arguments: { "spark.executor.memory": "8g" } }, { variables });
    expect(jobWarnings(job)).toEqual([
      expect.stringContaining("flavor is ignored"),
      expect.stringContaining("spark_arguments is ignored"),
    ]);
    expect(JSON.stringify(job)).not.toMatch(/executor|mlflow/);
  });

  it.each([
    ["churn_model", "churn-model"],
    ["team/churn.v2", "team-churn-v2"],
  ])("calls the model %j as SageMaker can call it, and says so", (name, called) => {
    const job = parseJob({ model_name: name, sql: "select 1" });
    expect(job).toMatchObject({ name, backend: { model_name: called } });
    expect(jobWarnings(job)).toEqual([expect.stringContaining(`is called "${called}" in SageMaker`)]);
  });

  it.each([
    {},
    { version: "1.10", image: "team/churn:3", region: "eu-west-1" },
    { execution_role_arn: "arn:aws:iam::123456789012:role/r", image: "i" },
  ])("has options that the backend takes: %j", (more) => {
    const { kind, ...options } = parseJob({ ...FLAT, ...more }, { variables }).backend;
    expect(kind).toBe("sagemaker");
    expect(sagemakerBackend.parseOptions(options)).toMatchObject({ instanceType: "ml.c5.xlarge", instanceCount: 1 });
  });

  it("takes --set by flat keys and by places of the job", () => {
    const set = { request_batch_size: "50", "requests.file_size_mb": "2", "output.format": "csv", ds: "2024-05-02" };
    expect(parseJob(FLAT, { set })).toMatchObject({
      requests: { batch_size: 50, file_size_mb: 2 },
      output: { format: "csv" },
      source: { sql: "select * from t where ds = '2024-05-02'" },
    });
  });

  it("has its problems reported in its own words", async () => {
    const error = await errorOf(() => parseJob({ ...FLAT, request_batch_size: 0 }, { variables }));
    expect(error.message).toContain("request_batch_size: expected a number of at least 1, found 0");
  });

  it.each([
    [{ model_name: "m", sqll: "s" }, "sqll: unknown key; did you mean `sql`?"],
    [{ model_name: "m" }, "sql: is missing"],
    [{ sql: "s" }, "model_name: is missing"],
    [
      { ...FLAT, requests: {} },
      "flat keys or with nested ones, not with both; next to `requests`, model_name belongs at backend.model_name",
    ],
  ])("such as %j is rejected", async (job, message) => {
    const error = await errorOf(() => parseJob(job));
    expect(error.code).toBe("JOB_INVALID");
    expect(error.message).toContain(message);
  });
});
