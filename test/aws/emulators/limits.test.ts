import {
  ListModelsCommand,
  ResourceLimitExceeded,
  SageMakerClient,
  StopTransformJobCommand,
} from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import type { SagemakerSettings } from "../../../src/emulators/index.ts";
import type { ContainerScript } from "./support/container-server.ts";
import { startContainer } from "./support/container-server.ts";
import type { SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

async function start(
  context: Parameters<typeof sagemakerLab>[0],
  settings: Partial<Omit<SagemakerSettings, "latency">>,
  script: ContainerScript = {},
): Promise<SagemakerLab> {
  const lab = await sagemakerLab(context, { settings: { retryDelay: 0.001, ...settings } });
  const container = await startContainer(script);
  await lab.createModel(container.url);
  await lab.put("in/a", "1\n");
  return lab;
}

const on = (InstanceType: "ml.m5.large" | "ml.c5.xlarge", InstanceCount = 1) => ({
  TransformResources: { InstanceType, InstanceCount } as const,
});

describe("a quota", () => {
  it("rejects a job that needs more instances than are left, until another job is over", async (context) => {
    const lab = await start(context, { quotas: { "ml.m5.large": 2 } }, { invoke: () => null });
    const first = await lab.createJob(on("ml.m5.large", 1));
    const failure = await lab.createJob(on("ml.m5.large", 2)).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(ResourceLimitExceeded);
    expect((failure as Error).message).toBe(
      "The account-level service limit 'ml.m5.large for transform job usage' is 2 Instances, with current utilization of 1 Instances and a request delta of 2 Instances. Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.",
    );
    await lab.createJob(on("ml.c5.xlarge", 2));
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: first }));
    await lab.finish(first);
    await expect(lab.createJob(on("ml.m5.large", 2))).resolves.toBeTypeOf("string");
  });

  it("leaves the name of a rejected job free", async (context) => {
    const lab = await start(context, { quotas: { "ml.m5.large": 0 } });
    const TransformJobName = "again";
    await expect(lab.createJob({ TransformJobName })).rejects.toThrow("current utilization of 0 Instances");
    await expect(lab.createJob({ TransformJobName, ...on("ml.c5.xlarge") })).resolves.toBe(TransformJobName);
  });
});

describe("capacity", () => {
  it("that is missing fails a job which has been accepted, before it starts", async (context) => {
    const lab = await start(context, { capacity: { "ml.m5.large": 1 } }, { invoke: () => null });
    const first = await lab.createJob();
    await expect.poll(async () => (await lab.describe(first)).TransformStartTime).toBeDefined();
    const second = await lab.run();
    expect(second).toMatchObject({
      TransformJobStatus: "Failed",
      FailureReason:
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
    });
    expect(second.TransformStartTime).toBeUndefined();
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: first }));
    await lab.finish(first);
    const third = await lab.createJob();
    await expect.poll(async () => (await lab.describe(third)).TransformStartTime).toBeDefined();
  });
});

describe("throttling", () => {
  it("is what the SDK takes for it: it waits, and tries again", async (context) => {
    const lab = await start(context, { throttle: { ListModels: 0, DescribeTransformJob: 0.001 } });
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SageMakerClient({
      endpoint: lab.emulator.url,
      region: "us-east-1",
      credentials,
      maxAttempts: 2,
    });
    await expect(client.send(new ListModelsCommand({}))).rejects.toMatchObject({
      name: "ThrottlingException",
      message: "Rate exceeded",
      $metadata: { httpStatusCode: 400, attempts: 2 },
    });
    await expect(lab.describe("nope")).rejects.toMatchObject({ name: "ValidationException" });
    await expect(lab.describe("nope")).rejects.toMatchObject({ name: "ThrottlingException" });
  });
});

describe("the limit of a container's answers", () => {
  it("turns a larger one into what Amazon's model server answers in its place", async (context) => {
    const answers = ["x".repeat(11), "x".repeat(10)];
    const script = { invoke: () => answers.shift() ?? "x".repeat(11) };
    const lab = await start(context, { responseLimit: 10 }, script);
    await lab.put("in/b", "1\n");
    const job = await lab.run({ ModelClientConfig: { InvocationsMaxRetries: 1, InvocationsTimeoutInSeconds: 9 } });
    expect(job).toMatchObject({
      TransformJobStatus: "Failed",
      FailureReason: "AlgorithmError: See job logs for more information",
    });
    // The first was sent again, since it looks like any other 500.
    expect(await lab.keys("out/")).toEqual(["out/a.out"]);
    const log = lab.logged.join("\n");
    expect(log).toContain("in/b: Bad HTTP status received from algorithm: 500");
    expect(log).toContain('in/b: {"code":500,"type":"InternalServerException","message":"Worker died."}');
  });
});

describe("a large answer", () => {
  it("is written whole, among small ones, in the order of the records", async (context) => {
    const sizes = [3_000_000, 5, 1_500_000];
    const answer = (body: string): string => body.trim().repeat(sizes[Number(body)] ?? 1);
    const lab = await start(context, {}, { invoke: ({ body }) => answer(body) });
    await lab.put("in/a", "0\n1\n2\n");
    const job = await lab.run({ BatchStrategy: "SingleRecord", MaxConcurrentTransforms: 3 });
    expect(job.TransformJobStatus).toBe("Completed");
    const [first = "", second, third = "", ...rest] = (await lab.get("out/a.out"))?.split("\n") ?? [];
    expect([first.length, second, third.length, rest]).toEqual([3_000_000, "11111", 1_500_000, [""]]);
  });

  it("that breaks off is removed before it is requested again", async (context) => {
    const invoke: ContainerScript["invoke"] = ({ number }, response) => {
      if (number > 1) return "whole";
      response.writeHead(200, { "content-length": 4_000_000 });
      response.write("x".repeat(2_000_000), () => response.destroy());
      return null;
    };
    const lab = await start(context, {}, { invoke });
    await lab.run();
    expect(await lab.get("out/a.out")).toBe("whole\n");
  });

  it("is joined like any other", async (context) => {
    const lab = await start(context, {}, { invoke: () => JSON.stringify("x".repeat(1_200_000)) });
    const type = "application/jsonlines";
    await lab.run({
      input: { ContentType: type },
      output: { Accept: type },
      DataProcessing: { JoinSource: "Input", OutputFilter: "$.SageMakerOutput" },
    });
    expect(await lab.get("out/a.out")).toHaveLength(1_200_003);
  });

  it("with an error is logged by its beginning, and not read to its end", async (context) => {
    const invoke: ContainerScript["invoke"] = (_invocation, response) => {
      response.writeHead(400).write("beginning".padEnd(100_000, "."));
      return null;
    };
    const lab = await start(context, {}, { invoke });
    expect((await lab.run()).FailureReason).toBe("ClientError: See job logs for more information");
    expect(lab.logged.at(-1)).toMatch(/in\/a: beginning\.{3991}$/);
  });
});
