import { describe, expect, it } from "vitest";
import { fillRunId, parseJob } from "../../../../src/core/job/read/parse-job.ts";
import { jobDigest, jobForRecord } from "../../../../src/core/job/record/job-record.ts";
import { sampleJob } from "../sample-job.ts";

describe("the record of a job", () => {
  it("keeps environment variables as they are written", () => {
    const env = { TOKEN: "hunter2", ROWS: "5", BUCKET: "b" };
    const input = sampleJob({
      requests: { batch_size: "${ROWS}" },
      backend: { kind: "http", headers: { authorization: "Bearer ${TOKEN}" }, list: [{ a: "x${TOKEN}" }] },
      output: { path: "s3://${BUCKET}/{{ ds }}/{{ run_id }}" },
    });
    const record = jobForRecord(fillRunId(parseJob(input, { env, variables: { ds: "2024-05-01" } }), "r1"));
    expect(record).toMatchObject({
      requests: { batch_size: "${ROWS}", file_size_mb: 5 },
      backend: { headers: { authorization: "Bearer ${TOKEN}" }, list: [{ a: "x${TOKEN}" }] },
      output: { path: "s3://${BUCKET}/2024-05-01/r1" },
    });
    expect(JSON.stringify(record)).not.toContain("hunter2");
  });

  it("can be parsed to the same job, escapes and variables with dollar signs included", () => {
    const env = { A: "a${B}" };
    const input = sampleJob({ name: "$${X} ${A} {{ v }}", backend: { kind: "b", note: "{{ v }}" } });
    const job = parseJob(input, { env, variables: { v: "${A} $${A}" } });
    expect(job.name).toBe("${X} a${B} ${A} $${A}");
    expect(parseJob(jobForRecord(job), { env })).toEqual(job);
  });

  it.each([
    [{ headers: { Authorization: "Bearer x" } }, { headers: { Authorization: "***" } }],
    [{ headers: { "X-Api-Key": "x" } }, { headers: { "X-Api-Key": "***" } }],
    [{ headers: { "X-Team": "x", "X-Run": "a ${X}" } }, { headers: { "X-Team": "***", "X-Run": "a ${X}" } }],
    [{ url: "http://h/a?v=1&w=$${V}#?x" }, { url: "http://h/a?v=***&w=$${V}#***" }],
    [{ place: "s3://bucket/part-?.parquet" }, { place: "s3://bucket/part-?.parquet" }],
    [
      { command: "K_TOKEN=a serve --port 80 --api-key='b c' --model m" },
      { command: "K_TOKEN=*** serve --port 80 --api-key=*** --model m" },
    ],
    [
      { apiKey: "x", password: 1234, env: { AWS_SECRET_ACCESS_KEY: "x" } },
      { apiKey: "***", password: "***", env: { AWS_SECRET_ACCESS_KEY: "***" } },
    ],
    [{ secrets: { a: ["x"] } }, { secrets: { a: ["***"] } }],
    [
      { max_tokens: 5, author: "me", key: "k" },
      { max_tokens: 5, author: "me", key: "k" },
    ],
    [{ url: "https://u:p@host/a@b?token=x&n=1" }, { url: "https://***:***@host/a@b?token=***&n=***" }],
    [{ url: "https://$${U}:pw@host" }, { url: "https://$${U}:***@host" }],
  ])("hides the literal secrets of %j", (options, expected) => {
    const job = parseJob(sampleJob({ backend: { kind: "b", ...options } }), { env: { X: "y" } });
    expect(jobForRecord(job)["backend"]).toEqual({ kind: "b", ...expected });
  });

  it("hides what signs the address of a table", () => {
    const tables = { t: "https://host/t.parquet?X-Amz-Signature=abc&X-Amz-Date=1" };
    const record = jobForRecord(parseJob(sampleJob({ source: { kind: "sql", sql: "s", tables } })));
    expect(record["source"]).toMatchObject({
      tables: { t: "https://host/t.parquet?X-Amz-Signature=***&X-Amz-Date=***" },
    });
  });
});

describe("the digest of a job", () => {
  it("does not depend on the order of keys, on defaults that are written out, or on the value of a secret", () => {
    const input = sampleJob({ backend: { kind: "b", a: 1, token: "${T}" }, requests: { file_size_mb: 5 } });
    const other = Object.fromEntries(
      Object.entries({ ...input, backend: { token: "${T}", a: 1, kind: "b" } }).reverse(),
    );
    const digest = jobDigest(parseJob(input, { env: { T: "old" } }));
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(jobDigest(parseJob({ ...other, requests: {} }, { env: { T: "new" } }))).toBe(digest);
  });

  it("is another for another job", () => {
    expect(jobDigest(parseJob(sampleJob({ name: "a" })))).not.toBe(jobDigest(parseJob(sampleJob({ name: "b" }))));
  });
});
