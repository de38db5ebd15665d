import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListTransformJobsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { expect, it, onTestFinished } from "vitest";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { newBucket } from "./support/buckets.ts";
import { startModelServer } from "./support/model-server.ts";
import { createServedModel } from "./support/sagemaker-target.ts";

it("a process that is killed after its submission leaves a job that the next one takes up, and pays once", async (context) => {
  const { name } = await newBucket(context, "ministack");
  const folder = await mkdtemp(join(tmpdir(), "reattach-"));
  const container = await startModelServer((body) => ({ body }));
  const emulator = await createSagemakerEmulator({
    s3Endpoint: process.env["AWS_ENDPOINT_URL_S3"] as string,
    settings: { latency: { start: 1, stop: 0 } },
  });
  process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = emulator.url;
  onTestFinished(async () => {
    await emulator.close();
    container.close();
    await rm(folder, { recursive: true, force: true });
  });
  await createServedModel(container.url, "echo");

  const first = scorer(`s3://${name}/scoring`, folder);
  await expect.poll(() => first.said(), { timeout: 20_000 }).toContain("was submitted in us-east-1");
  first.process.kill("SIGKILL");
  await once(first.process, "exit");
  expect(first.said()).not.toContain("answered");

  const second = scorer(`s3://${name}/scoring`, folder);
  await once(second.process, "exit");
  expect(second.said()).toContain("was submitted before and is continued");
  expect(second.said()).toContain('answered 0 1 2: {"n":0} {"n":1} {"n":2}');

  const { TransformJobSummaries = [] } = await new SageMakerClient({}).send(new ListTransformJobsCommand({}));
  expect(TransformJobSummaries.map((job) => job.TransformJobStatus)).toEqual(["Completed"]);
  expect(container.invocations()).toBe(3);
});

it("a second run of the same id is rejected: no command opens an old run yet", async (context) => {
  const { name } = await newBucket(context, "ministack");
  await using engine = await createScoreframe({ workspace: `s3://${name}/scoring` });
  const job = {
    name: "numbers",
    source: { kind: "sql", tables: {}, sql: "select 1 as n" },
    backend: { kind: "http", url: "http://127.0.0.1:9", unreachable_timeout_s: 0.1 },
    output: { path: join(tmpdir(), "nowhere") },
  } as const;
  await engine.tryRun(job, { runId: "run-1" });
  await expect(engine.tryRun(job, { runId: "run-1" })).rejects.toMatchObject({ code: "STORAGE_FAILED" });
});

/** A process that opens the backend for the run "killed" and has three files scored. */
function scorer(workspace: string, folder: string) {
  const script = join(import.meta.dirname, "support/score-run-main.ts");
  const child = spawn(process.execPath, [script, workspace, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString();
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { process: child, said: () => said };
}
