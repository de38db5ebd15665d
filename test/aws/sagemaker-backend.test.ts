import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateModelCommand,
  DescribeTransformJobCommand,
  ListModelsCommand,
  ListTransformJobsCommand,
  SageMakerClient,
  StopTransformJobCommand,
} from "@aws-sdk/client-sagemaker";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import { jobName } from "../../src/backends/sagemaker/job/job-name.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";
import type { SagemakerEmulator } from "../../src/emulators/index.ts";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";
import type { Engine, JobInput, RunEvent, ScoreframeError } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";
import { newBucket } from "./support/buckets.ts";
import type { Answer, ModelServer } from "./support/model-server.ts";
import { startModelServer } from "./support/model-server.ts";
import type { Intervene, Intervention } from "./support/sagemaker-proxy.ts";
import { startSagemakerProxy } from "./support/sagemaker-proxy.ts";

const ROLE = "arn:aws:iam::123456789012:role/scoring";
const IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/numbers:1";

let folder: string;
let emulator: SagemakerEmulator;
let sagemaker: SageMakerClient;
let container: ModelServer;
let engine: Engine;
let workspace: string;
/** What the container answers; replaced by each test. */
let answer: Answer;

/** Seconds that a job waits before it asks a container again. */
const retryDelay = 0.5;

/** `{"instances":[{"n":1},…]}` answered with twice of each. */
const doubled: Answer = (body) => {
  const { instances } = JSON.parse(body) as { instances: { n: number }[] };
  return { body: JSON.stringify({ predictions: instances.map(({ n }) => 2 * n) }) };
};

beforeEach(async (context) => {
  const { name } = await newBucket(context, "ministack");
  folder = await mkdtemp(join(tmpdir(), "sagemaker-"));
  answer = doubled;
  container = await startModelServer((body, headers) => answer(body, headers));
  emulator = await createSagemakerEmulator({
    s3Endpoint: process.env["AWS_ENDPOINT_URL_S3"] as string,
    images: { [IMAGE]: { url: container.url } },
    settings: { retryDelay, latency: { start: 0.05, stop: 0.05 } },
  });
  process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = emulator.url;
  sagemaker = new SageMakerClient({});
  await sagemaker.send(
    new CreateModelCommand({ ModelName: "numbers", ExecutionRoleArn: ROLE, PrimaryContainer: { Image: IMAGE } }),
  );
  workspace = `s3://${name}/team/scoring`;
  engine = await createScoreframe({ workspace });
});
afterEach(async () => {
  await engine?.close();
  await emulator?.close();
  container?.close();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

/** 100 numbers in ten files of two lines of five rows each. */
function job(backend: Readonly<Record<string, unknown>> = {}, changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "numbers",
    source: { kind: "sql", tables: {}, sql: "select n, 'text ' || n as note from range(100) t(n)" },
    model: { features: ["n"] },
    requests: { batch_size: 5, file_size_mb: 0.00013 },
    backend: { kind: "sagemaker", model_name: "numbers", poll_interval_s: 0.1, price_per_hour: 0.5, ...backend },
    output: { path: join(folder, "out") },
    ...changes,
  } as JobInput;
}

const table = (): Promise<Record<string, unknown>[]> =>
  query(`select n::int as n, prediction::int as prediction from '${folder}/out/*.parquet' order by n`);

async function jobs(): Promise<{ name: string; status: string }[]> {
  const { TransformJobSummaries = [] } = await sagemaker.send(new ListTransformJobsCommand({}));
  return TransformJobSummaries.map((each) => ({
    name: each.TransformJobName ?? "",
    status: each.TransformJobStatus ?? "",
  }));
}

describe("a run through SageMaker", () => {
  it("gives every row its own prediction, and says what it cost", async () => {
    const { report } = await engine.run(job());
    expect(await table()).toEqual(Array.from({ length: 100 }, (_, n) => ({ n, prediction: 2 * n })));
    expect(report.shards).toEqual({ total: 10, scored: 10 });
    expect(container.invocations()).toBe(20);
    expect(report.cost).toMatchObject({ instances: 1, instance_type: "ml.c5.xlarge", price_per_hour: 0.5 });
    expect(report.cost?.usd).toBeCloseTo(((report.cost?.seconds ?? 0) * 0.5) / 3600, 3);
    expect((await engine.runReport(report.run_id)).cost).toEqual(report.cost);
  });

  it("reports at once which job it is, where to see it, and how it goes on", async () => {
    const messages: string[] = [];
    const onEvent = (event: RunEvent): void => {
      if (event.type === "note") messages.push(event.message);
      if (event.type === "progress" && event.progress.scoredRows > 0) messages.push("rows");
    };
    await engine.run(job({ poll_interval_s: 0.05 }), { onEvent });
    const [{ name } = { name: "" }] = await jobs();
    const place = `It runs at ${emulator.url}`;
    expect(messages[0]).toBe(
      `Transform job ${name} was submitted in us-east-1: 10 files for 1 × ml.c5.xlarge. ${place}`,
    );
    const states = messages
      .filter((each) => /^Transform job \S+: /.test(each))
      .map((each) => /: (.*),/.exec(each)?.[1]);
    expect(["starting its instances", "InProgress"]).toContain(states[0]);
    expect(states.at(-1)).toBe("Completed");
    expect(messages).toContain("rows");
  });

  it("sends every value explicitly", async () => {
    const { runId } = await engine.run(job({ tags: { team: "b" }, environment: { THREADS: "2" }, instance_count: 2 }));
    const [{ name } = { name: "" }] = await jobs();
    const found = await sagemaker.send(new DescribeTransformJobCommand({ TransformJobName: name }));
    expect(found).toMatchObject({
      ModelName: "numbers",
      BatchStrategy: "SingleRecord",
      MaxPayloadInMB: 6,
      MaxConcurrentTransforms: 1,
      ModelClientConfig: { InvocationsTimeoutInSeconds: 600, InvocationsMaxRetries: 3 },
      Environment: { THREADS: "2" },
      TransformInput: {
        SplitType: "Line",
        CompressionType: "None",
        ContentType: "application/json",
        DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: `${workspace}/runs/${runId}/requests/` } },
      },
      TransformOutput: { AssembleWith: "Line", S3OutputPath: `${workspace}/runs/${runId}/responses` },
      TransformResources: { InstanceType: "ml.c5.xlarge", InstanceCount: 2 },
    });
  });

  it("creates a model of an image, and removes it", async () => {
    await engine.run(job({ model_name: undefined, image: IMAGE, execution_role_arn: ROLE }));
    expect(await table()).toHaveLength(100);
    const { Models = [] } = await sagemaker.send(new ListModelsCommand({}));
    expect(Models.map(({ ModelName }) => ModelName)).toEqual(["numbers"]);
  });

  it("sends many lines at once if the job asks for it", async () => {
    answer = (body) => ({
      body: body
        .trim()
        .split("\n")
        .map((line) => `${2 * (JSON.parse(line) as { n: number }).n}\n`)
        .join(""),
    });
    const lines = { model: { features: ["n"], protocol: "json_lines" } } as const;
    await engine.run(job({ batch_strategy: "multi_record" }, { ...lines, requests: { batch_size: 5 } }));
    expect(await table()).toEqual(Array.from({ length: 100 }, (_, n) => ({ n, prediction: 2 * n })));
    expect(container.invocations()).toBe(1);
  });

  it("publishes an empty table if there are no rows, and submits nothing", async () => {
    const none = { kind: "sql", tables: {}, sql: "select n from range(0) t(n)" } as const;
    const { report } = await engine.run(job({}, { source: none }));
    expect(report.ledger.input).toBe(0);
    expect(await jobs()).toEqual([]);
  });
});

describe("a transform job that fails", () => {
  const reject =
    (bad: number): Answer =>
    (body) =>
      body.includes(`{"n":${bad}}`) ? { status: 400, body: "n is out of range" } : doubled(body);

  it("costs the rows of its file, if the job may do without them", async () => {
    answer = reject(42);
    const { report } = await engine.run(job({}, { failure: { max_failed_rows: 10 } }));
    expect(report.status).toBe("succeeded_with_dead_letters");
    expect(report.ledger).toMatchObject({ input: 100, scored: 90, dead_lettered: 10 });
    expect(await table()).toHaveLength(90);
  });

  it("says SageMaker's reason, the file and where the logs are", async () => {
    answer = reject(42);
    const { report, error } = await engine.tryRun(job());
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toMatch(
      /The transform job scoreframe-\S+ failed: ClientError: See job logs for more information\./,
    );
    expect(error?.message).toContain("No answer to shard 4: SageMaker answers a file whole or not at all.");
    expect(error?.message).toContain(`are kept in ${workspace}/runs/${report.run_id}/responses/.`);
    expect(error?.message).toMatch(/Logs: group \/aws\/sagemaker\/TransformJobs, streams scoreframe-\S+\/…/);
    expect(error?.message).toContain(`in the CloudWatch Logs at ${emulator.url}`);
    expect(report.output).toBeNull();
    const { error: recorded } = await engine.runReport(report.run_id);
    expect(recorded).toEqual(JSON.parse(JSON.stringify(error)));
    expect(recorded?.details).toMatchObject({
      failed: 10,
      status: "Failed",
      failure_reason: "ClientError: See job logs for more information",
      logs: expect.stringContaining("/aws/sagemaker/TransformJobs"),
      shards: [4],
    });
  });

  it("says so if the run publishes without those rows, and if another failure came first", async () => {
    answer = (body) =>
      body.includes('{"n":0}') ? { body: '{"predictions":[0,2,{"error":"odd"},6,8]}' } : reject(42)(body);
    const messages: string[] = [];
    const onEvent = (event: RunEvent): void => void (event.type === "warning" && messages.push(event.message));
    const { report } = await engine.run(job({}, { failure: { max_failed_rows: 11 } }), { onEvent });
    expect(report.ledger).toMatchObject({ scored: 89, dead_lettered: 11 });
    expect(messages.join("\n")).toMatch(
      /failed: ClientError.* No answer to shard 4: .*The answers to the 9 other files are kept in s3:/,
    );
    const { error } = await engine.tryRun(job());
    expect(error?.message).toMatch(/The first: odd\. .*The transform job \S+ failed: ClientError/);
  });

  it("keeps the answers of the other files", async () => {
    answer = reject(42);
    const { report } = await engine.tryRun(job());
    const store = createS3ObjectStore(
      (await import("../../src/adapters/object-store/create-s3-client.ts")).createS3Client(),
      workspace,
    );
    const answers: string[] = [];
    for await (const { key } of store.list(`runs/${report.run_id}/responses/`)) answers.push(key);
    expect(answers.filter((key) => key.endsWith(".out")).length).toBeGreaterThanOrEqual(9);
  });

  it("ends the run if it answered nothing at all", async () => {
    answer = () => ({ status: 500, body: "no licence" });
    const { error } = await engine.tryRun(job({ invocations_max_retries: 0 }, { failure: { max_failed_rows: 1000 } }));
    expect(error?.code).toBe("TRANSFORM_JOB_FAILED");
    expect(error?.message).toContain("No answer to shards 0, 1, 2, 3, 4 and 5 more");
    expect(error?.facts.details).toMatchObject({ failure_reason: expect.stringContaining("AlgorithmError") });
  });

  it("loses the rows of a file in which an answer has too many lines, and keeps the others", async () => {
    const pretty: Answer = (body) => ({ body: JSON.stringify(JSON.parse(doubled(body).body), null, 2) });
    answer = (body) => (body.includes('{"n":42}') ? pretty : doubled)(body);
    const { report } = await engine.run(job({}, { failure: { max_failed_rows: 10 } }));
    expect(report.ledger).toMatchObject({ scored: 90, dead_lettered: 10 });
    expect(await table()).toHaveLength(90);
    answer = pretty;
    const { error } = await engine.tryRun(job());
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toMatch(/Shard \d has 2 request lines, and s3:\/\/\S+\.jsonl\.out has \d+ answers\./);
  });

  it("reads the empty lines of a container that ends its answers with a line break", async () => {
    answer = (body) => ({ body: `${doubled(body).body}\n` });
    await engine.run(job());
    expect(await table()).toHaveLength(100);
  });
});

describe("a run that is stopped", () => {
  /** A container that is always busy. */
  const busy: Answer = () => ({ status: 503, body: "later" });
  beforeEach(() => {
    answer = busy;
  });

  it("stops its job", async () => {
    const stop = new AbortController();
    const running = engine.tryRun(job(), { signal: stop.signal });
    while ((await jobs()).length === 0) await sleep(50);
    stop.abort();
    const { report, error } = await running;
    expect(report.status).toBe("incomplete");
    // SageMaker keeps no answers of a job that is stopped.
    expect(error?.message).toContain(
      `what was written of its features, requests and records is kept in ${workspace}/runs/`,
    );
    await expect.poll(async () => (await jobs())[0]?.status, { timeout: 10_000 }).toMatch(/Stopp/);
  });

  it("stops its job at its deadline", async () => {
    const { report, error } = await engine.tryRun(job({ deadline_s: 1 }));
    expect(error?.code).toBe("DEADLINE_EXCEEDED");
    expect(report.status).toBe("incomplete");
    expect((await jobs())[0]?.status).toMatch(/Stopp/);
  });

  it("stops its job when the budget is used up", async () => {
    const { report, error } = await engine.tryRun(job({ price_per_hour: 9999, max_cost_usd: 0.5 }));
    expect(error?.code).toBe("BUDGET_EXCEEDED");
    expect(report.cost?.usd).toBeGreaterThanOrEqual(0.5);
    expect((await jobs())[0]?.status).toMatch(/Stopp/);
  });

  it("says so if another user has stopped the job", async () => {
    const running = engine.tryRun(job());
    while ((await jobs()).length === 0) await sleep(50);
    const [{ name } = { name: "" }] = await jobs();
    await sagemaker.send(new StopTransformJobCommand({ TransformJobName: name }));
    const { error } = await running;
    expect(error?.code).toBe("TRANSFORM_JOB_STOPPED");
    expect(error?.message).toContain(`The transform job ${name} was stopped from outside this run.`);
  });
});

describe("what is reported before anything is read", () => {
  it("a model that does not exist", async () => {
    // Works for long before it gives a row.
    const sql = "select a.range as n from range(200000) a, range(200000) b where hash(a.range * 200000 + b.range) = 0";
    const source = { kind: "sql", tables: {}, sql } as const;
    const messages: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void (event.type === "progress" && messages.push(event));
    const { error } = await engine.tryRun(job({ model_name: "numers" }, { source }), { onEvent });
    expect(error?.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error?.message).toContain('There is no SageMaker model "numers" in us-east-1.');
    expect(messages).toEqual([]);
  });

  it("a workspace on this machine", async () => {
    await using local = await createScoreframe({ workspace: join(folder, "workspace") });
    const { error } = await local.tryRun(job());
    expect(error?.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error?.message).toContain("--workspace s3://bucket/prefix");
  });

  it("no price: AWS is not asked for that of a server that is not AWS", async () => {
    const connections: string[] = [];
    const proxy = createServer().on("connect", ({ url }, socket) => {
      connections.push(String(url));
      socket.destroy();
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      proxy.close();
      delete process.env["HTTPS_PROXY"];
    });
    delete process.env["AWS_ENDPOINT_URL_PRICING"];
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const { cost } = await engine.plan(job({ price_per_hour: undefined }));
    expect(cost).toMatchObject({ min_usd: null, max_usd: null });
    expect(cost.note).toContain(`Price unknown, set price_per_hour: SageMaker is ${emulator.url}`);
    const { report } = await engine.run(job({ price_per_hour: undefined }));
    expect(report.cost).toMatchObject({ usd: null, price_per_hour: null });
    expect(connections).toEqual([]);
  });

  it("a budget without a price", async () => {
    process.env["AWS_ENDPOINT_URL_PRICING"] = "http://127.0.0.1:9";
    process.env["AWS_MAX_ATTEMPTS"] = "1";
    const priceless = job({ price_per_hour: undefined, max_cost_usd: 1 });
    const { error } = await engine.tryRun(priceless);
    const checked = await engine.check(priceless);
    delete process.env["AWS_MAX_ATTEMPTS"];
    expect(error?.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error?.message).toContain(
      "backend.max_cost_usd needs the price of ml.c5.xlarge, which is unknown, set price_per_hour",
    );
    expect(checked).toMatchObject({ ok: false, error: { code: "BACKEND_OPTIONS_INVALID", message: error?.message } });
  });

  it("a misspelt instance type, by a run and by check", async () => {
    const misspelt = job({ instance_type: "ml.m5.larg" });
    const { error, report } = await engine.tryRun(misspelt);
    expect(error).toMatchObject({ code: "BACKEND_OPTIONS_INVALID", facts: { option: "backend.instance_type" } });
    expect(error?.message).toContain("Did you mean ml.m5.large?");
    expect(report.shards.total).toBe(0);
    expect(await engine.check(misspelt)).toMatchObject({ ok: false, error: { message: error?.message } });
  });

  it("an instance type that may be newer than the SDK is warned of, and left to SageMaker, which says so shortly", async () => {
    const messages: string[] = [];
    const onEvent = (event: RunEvent): void => void (event.type === "warning" && messages.push(event.message));
    const { error } = await engine.tryRun(job({ instance_type: "ml.m9i.large" }), { onEvent });
    expect(messages.join("\n")).toContain("knows no instance type ml.m9i.large for transform jobs");
    expect(error).toMatchObject({ code: "BACKEND_OPTIONS_INVALID", facts: { option: "backend.instance_type" } });
    expect(error?.message).not.toContain("ml.c4.xlarge");
  });

  it("check looks at the model and sends nothing", async () => {
    const { ok, items } = await engine.check(job());
    expect(ok).toBe(true);
    expect(items.at(-1)).toMatchObject({ name: "model", detail: expect.stringContaining(`model numbers (${IMAGE})`) });
    expect(await jobs()).toEqual([]);
  });

  it("check says what a run would reject: a workspace on this machine, a filter that its protocol does not take", async () => {
    const here = await createScoreframe({ workspace: join(folder, "workspace") });
    const local = await here.check(job());
    await here.close();
    expect(local).toMatchObject({ ok: false, error: { code: "BACKEND_OPTIONS_INVALID" } });
    expect(local.items.at(-1)?.detail).toContain("Give one on S3");
    const filtered = await engine.check(
      job({ input_filter: "$.n" }, { model: { features: ["n"], protocol: "csv" } } as Partial<JobInput>),
    );
    expect(filtered).toMatchObject({ ok: false, error: { code: "BACKEND_OPTIONS_INVALID" } });
    expect(filtered.items.at(-1)?.detail).toContain("backend.input_filter");
  });

  it("plan says what it would cost, and how many files keep the instances busy", async () => {
    const { cost, advice } = await engine.plan(job({ instance_count: 20 }));
    expect(cost.min_usd).toBeGreaterThan(0);
    expect(cost.max_usd).toBeGreaterThan(cost.min_usd ?? 0);
    expect(advice.join("\n")).toMatch(/10 files keep 10 of 20 instances busy/);
    expect(await jobs()).toEqual([]);
  });
});

describe("a SageMaker that is hard to reach", () => {
  const error = (type: string, message: string, status = 400) => ({
    status,
    body: JSON.stringify({ __type: type, message }),
  });

  /** Puts something between the run and the emulator that answers some calls in the service's place. */
  async function interposed(intervene: Intervene): Promise<void> {
    const proxy = await startSagemakerProxy(emulator.url, intervene);
    onTestFinished(() => proxy.close());
    process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = proxy.url;
  }

  it("is asked again when it throttles, in every call", async () => {
    await interposed((_action, count) => (count <= 2 ? error("ThrottlingException", "Rate exceeded") : "pass"));
    await engine.run(job({ model_name: undefined, image: IMAGE, execution_role_arn: ROLE }));
    expect(await table()).toHaveLength(100);
  });

  it("never runs a second job if the answer to the first submission was lost", async () => {
    await interposed((action, count) =>
      action === "CreateTransformJob" && count === 1 ? "pass and drop the answer" : "pass",
    );
    await engine.run(job());
    expect(await table()).toHaveLength(100);
    expect(await jobs()).toHaveLength(1);
    expect(container.invocations()).toBe(20);
  });

  it("stops a job whose submission was never confirmed", async () => {
    answer = () => ({ status: 503, body: "later" });
    process.env["AWS_MAX_ATTEMPTS"] = "1";
    await interposed((action) => (action === "CreateTransformJob" ? "pass and drop the answer" : "pass"));
    const { error } = await engine.tryRun(job());
    delete process.env["AWS_MAX_ATTEMPTS"];
    expect(error?.code).toBe("AWS_UNREACHABLE");
    await expect.poll(async () => (await jobs())[0]?.status, { timeout: 10_000 }).toBe("Stopped");
  });

  it("does not take up a job of the same name that reads something else", async () => {
    const runId = "run-1";
    const name = jobName(runId, `${workspace}/runs/${runId}/requests/`);
    await interposed((action) =>
      action === "CreateTransformJob"
        ? error("ResourceInUse", `${name} is taken`)
        : action === "DescribeTransformJob"
          ? {
              status: 200,
              body: JSON.stringify({
                TransformJobName: name,
                ModelName: "numbers",
                TransformJobStatus: "Completed",
                TransformInput: { DataSource: { S3DataSource: { S3Uri: "s3://other/" } } },
              }),
            }
          : "pass",
    );
    const outcome = await engine.tryRun(job(), { runId });
    expect(outcome.error?.code).toBe("BACKEND_REFUSED");
    expect(outcome.error?.message).toContain("it reads s3://other/");
  });

  it.each([
    [
      "AccessDeniedException",
      "User: x is not authorized to perform: sagemaker:CreateTransformJob",
      "AWS_ACCESS_DENIED",
      "Allow sagemaker:CreateTransformJob on transform job scoreframe-",
    ],
    [
      "ResourceLimitExceeded",
      "The account-level service limit 'ml.c5.xlarge for transform job usage' is 0 Instances.",
      "AWS_QUOTA_EXCEEDED",
      "Ask for more in the Service Quotas console",
    ],
    [
      "ExpiredTokenException",
      "The security token included in the request is expired",
      "AWS_CREDENTIALS_INVALID",
      "have expired. Get new ones",
    ],
    [
      "UnrecognizedClientException",
      "The security token included in the request is invalid",
      "AWS_CREDENTIALS_INVALID",
      "are not valid there (UnrecognizedClientException)",
    ],
    [
      "InvalidSignatureException",
      "Signature expired: 20261121T000000Z is now earlier than 20261121T001500Z",
      "AWS_CREDENTIALS_INVALID",
      "clock",
    ],
  ])("says what to do about %s", async (type, message, code, hint) => {
    await interposed((action) => (action === "CreateTransformJob" ? error(type, message) : "pass"));
    const outcome = await engine.tryRun(job());
    expect(outcome.error?.code).toBe(code);
    expect(outcome.error?.message).toContain("sagemaker:CreateTransformJob on transform job scoreframe-");
    expect(outcome.error?.message).toContain(hint);
  });
});

describe("an answer of SageMaker that is not what it should be", () => {
  /** Does something to the objects of a run when its job is over, before the run looks. */
  async function tampered(
    change: (store: ObjectStore, runId: string) => Promise<void>,
  ): Promise<ScoreframeError | null> {
    const runId = "run-1";
    const store = createS3ObjectStore(createS3Client(), workspace);
    let changed = false;
    const proxy = await startSagemakerProxy(emulator.url, async (action): Promise<Intervention> => {
      if (action !== "DescribeTransformJob" || changed) return "pass";
      await expect.poll(async () => (await jobs())[0]?.status, { timeout: 20_000 }).toBe("Completed");
      await change(store, runId);
      changed = true;
      return "pass";
    });
    onTestFinished(() => proxy.close());
    process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = proxy.url;
    return (await engine.tryRun(job(), { runId })).error;
  }

  async function firstAnswer(store: ObjectStore, runId: string): Promise<string> {
    for await (const { key } of store.list(`runs/${runId}/responses/`)) return key;
    throw new Error("there is no answer");
  }

  it.each([
    ["empty", () => "", "has 0 answers"],
    ["short", (text: string) => `${text.split("\n")[0]}\n`, "has 1 answer."],
    ["long", (text: string) => `${text}${text}`, "has 4 answers"],
  ])("%s: names the file and both counts", async (_what, change, found) => {
    const error = await tampered(async (store, runId) => {
      const key = await firstAnswer(store, runId);
      await store.writeText(key, change((await store.readText(key))?.text ?? ""));
    });
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toContain("The first: Shard 0 has 2 request lines, and s3://");
    expect(error?.message).toContain(found);
  });

  it("missing: the rows of its file are not scored, and it is said which", async () => {
    const error = await tampered(async (store, runId) => store.remove([await firstAnswer(store, runId)]));
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toContain("No answer to shard 0");
    expect(error?.message).toContain("Its request file may have been removed while the job ran.");
  });
});
