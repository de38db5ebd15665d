import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListTransformJobsCommand, StopTransformJobCommand } from "@aws-sdk/client-sagemaker";
import { describe, expect, it, onTestFinished } from "vitest";
import { startContainer } from "./support/container-server.ts";
import type { JobChanges, SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

const one = { BatchStrategy: "SingleRecord" } satisfies JobChanges;

async function start(context: Parameters<typeof sagemakerLab>[0], keys: readonly string[]): Promise<SagemakerLab> {
  const lab = await sagemakerLab(context);
  const container = await startContainer();
  await lab.createModel(container.url);
  for (const key of keys) await lab.put(key, "1\n");
  return lab;
}

const manifest = (uri: string): JobChanges => ({
  input: { DataSource: { S3DataSource: { S3DataType: "ManifestFile", S3Uri: uri } }, SplitType: "Line" },
});

describe("the objects of a job", () => {
  it("are all whose key begins with the prefix, those of its neighbours and in its folders, too", async (context) => {
    const lab = await start(context, ["in/a", "in/deep/er/b", "in-other/c", "im/d", "in/folder/"]);
    await lab.run({ uri: `s3://${lab.bucket}/in` });
    expect(await lab.keys("out/")).toEqual(["out/a.out", "out/deep/er/b.out", "out/in-other/c.out"]);
  });

  it("have keys of any characters, which their outputs keep", async (context) => {
    const names = [" a b", "a+b", "ä%20%", "日本.jsonl", "a?b#c&d=e", "'\"<>", "x/../y", "/d"];
    const lab = await start(
      context,
      names.map((name) => `in/${name}`),
    );
    expect((await lab.run()).TransformJobStatus).toBe("Completed");
    expect(await lab.keys("out/")).toEqual(names.map((name) => `out/${name}.out`).sort());
  });

  it("fail one by one if they are gone before their turn", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({
      invoke: async ({ body }) => {
        if (body === "first\n") await lab.remove("in/b");
        return "ok";
      },
    });
    await lab.createModel(container.url);
    for (const key of ["in/a", "in/b", "in/c"]) await lab.put(key, key === "in/a" ? "first\n" : "1\n");
    const job = await lab.run(one);
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
    expect(await lab.keys("out/")).toEqual(["out/a.out", "out/c.out"]);
    expect(lab.logged.at(-1)).toContain("in/b: s3:GetObject");
  });

  it("may be one, by its whole key", async (context) => {
    const lab = await start(context, ["in/part-0000.jsonl", "in/part-0001.jsonl"]);
    await lab.run({ uri: `s3://${lab.bucket}/in/part-0000.jsonl` });
    expect(await lab.keys("out/")).toEqual(["out/part-0000.jsonl.out"]);
  });

  it("keep the part of their key behind the last slash of a prefix that is no folder", async (context) => {
    const lab = await start(context, ["in/part-0", "in/part-1/x"]);
    await lab.run({ uri: `s3://${lab.bucket}/in/part-`, output: { S3OutputPath: `s3://${lab.bucket}/out` } });
    expect(await lab.keys("out/")).toEqual(["out/part-0.out", "out/part-1/x.out"]);
  });

  it("are those that a manifest names", async (context) => {
    const lab = await start(context, ["data/2024/a", "data/2024/b", "data/2024/c"]);
    const text = JSON.stringify([{ prefix: `s3://${lab.bucket}/data/` }, "2024/a", "2024/c"]);
    await lab.put("jobs/manifest.json", text);
    await lab.run(manifest(`s3://${lab.bucket}/jobs/manifest.json`));
    expect(await lab.keys("out/")).toEqual(["out/2024/a.out", "out/2024/c.out"]);
  });

  it("fail one by one if a manifest names what is not there", async (context) => {
    const lab = await start(context, ["data/a"]);
    await lab.put("manifest.json", JSON.stringify([{ prefix: `s3://${lab.bucket}/data/` }, "a", "b"]));
    const job = await lab.run(manifest(`s3://${lab.bucket}/manifest.json`));
    expect(job).toMatchObject({ TransformJobStatus: "Failed", FailureReason: expect.stringMatching(/^ClientError/) });
    expect(await lab.keys("out/")).toEqual(["out/a.out"]);
  });

  it.for([
    ["no JSON", "x"],
    ["no list", "{}"],
    ["no prefix", '["a"]'],
    ["a name that is no text", '[{"prefix":"s3://b/"}, 1]'],
  ] as const)("are rejected if the manifest has %s", async ([_name, text], context) => {
    const lab = await start(context, []);
    await lab.put("manifest.json", text);
    await expect(lab.createJob(manifest(`s3://${lab.bucket}/manifest.json`))).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining("The manifest"),
    });
  });

  it("are rejected if two of them would have one output", async (context) => {
    const lab = await start(context, ["data/a"]);
    await lab.put("manifest.json", JSON.stringify([{ prefix: `s3://${lab.bucket}/data/` }, "a", "a"]));
    await expect(lab.createJob(manifest(`s3://${lab.bucket}/manifest.json`))).rejects.toThrow("the same output, a.out");
  });

  it.for(["nothing/", "in/a.txt.gz"])("are rejected if there are none: %s", async (prefix, context) => {
    const lab = await start(context, ["in/a.txt"]);
    const uri = `s3://${lab.bucket}/${prefix}`;
    await expect(lab.createJob({ uri })).rejects.toMatchObject({
      name: "ValidationException",
      message: `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (us-east-1), that objects exist under that S3 prefix, and that the role "arn:aws:iam::000000000000:role/service-role/scoring" has "s3:ListBucket" permissions on bucket "${lab.bucket}".`,
    });
  });

  it("are rejected if the bucket does not exist", async (context) => {
    const lab = await start(context, []);
    await expect(lab.createJob({ uri: "s3://no-such-bucket-at-all/in/" })).rejects.toThrow("No S3 objects found");
  });

  it("fail if the bucket of the output does not exist", async (context) => {
    const lab = await start(context, ["in/a"]);
    const job = await lab.run({ output: { S3OutputPath: "s3://no-such-bucket-at-all/out" } });
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
  });

  it("overwrite what another job has written", async (context) => {
    const lab = await start(context, ["in/a"]);
    await lab.put("out/a.out", "former");
    await lab.run(one);
    expect(await lab.get("out/a.out")).toBe("1\n\n");
  });

  it("are shared out among the instances, each whole, and instances without one are idle", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({
      invoke: async ({ body }) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return body;
      },
    });
    await lab.createModel(container.url);
    for (const key of ["a", "b", "c"]) await lab.put(`in/${key}`, `${key}1\n${key}2\n`);
    const TransformResources = { InstanceType: "ml.m5.large", InstanceCount: 2 } as const;
    await lab.run({ ...one, TransformResources });
    expect(container.mostAtOnce()).toBe(2);
    expect(container.asked.filter((path) => path === "GET /ping")).toHaveLength(2);
    expect(await lab.get("out/c.out")).toBe("c1\n\nc2\n\n");

    await lab.run({ ...one, TransformResources: { ...TransformResources, InstanceCount: 100 } });
    expect(container.asked.filter((path) => path === "GET /ping")).toHaveLength(5);
  });

  it("of one instance share its requests", async (context) => {
    const lab = await sagemakerLab(context);
    const two = Promise.withResolvers<void>();
    const container = await startContainer({
      invoke: async ({ body, number }) => {
        if (number === 2) two.resolve();
        // Later ones are left a moment, in which one too many would come.
        await (number <= 2 ? two.promise : new Promise((resolve) => setTimeout(resolve, 20)));
        return body;
      },
    });
    await lab.createModel(container.url);
    for (const key of ["a", "b", "c", "d"]) await lab.put(`in/${key}`, "whole");
    await lab.run({ MaxConcurrentTransforms: 2, input: { SplitType: "None" } });
    expect(container.mostAtOnce()).toBe(2);
  });
});

describe("the states of a job", () => {
  it("are InProgress without a start, InProgress, and Completed with an end", async (context) => {
    const lab = await sagemakerLab(context, { settings: { latency: { start: 0.3, object: 0.5 } } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a", "1\n");
    const name = await lab.createJob();
    const created = await lab.describe(name);
    expect(created.TransformJobStatus).toBe("InProgress");
    expect(created.TransformStartTime).toBeUndefined();
    await expect.poll(async () => (await lab.describe(name)).TransformStartTime).toBeInstanceOf(Date);
    expect(await lab.describe(name)).toMatchObject({ TransformJobStatus: "InProgress" });
    const ended = await lab.finish(name);
    expect(ended.TransformJobStatus).toBe("Completed");
    const times = [ended.CreationTime, ended.TransformStartTime, ended.TransformEndTime].map(Number);
    expect(times).toEqual(times.toSorted((left, right) => left - right));
  });

  it("end with Stopped if it is stopped before it has started", async (context) => {
    const lab = await sagemakerLab(context, { settings: { latency: { start: 60 } } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a", "1\n");
    const name = await lab.createJob();
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: name }));
    const stopped = await lab.finish(name);
    expect(stopped.TransformJobStatus).toBe("Stopped");
    expect(stopped.FailureReason).toBeUndefined();
    expect(container.asked).toEqual([]);
  });

  it("are over once: a job that has ended, or is being stopped, cannot be stopped", async (context) => {
    const lab = await start(context, ["in/a"]);
    const { TransformJobName } = await lab.run();
    await expect(lab.client.send(new StopTransformJobCommand({ TransformJobName }))).rejects.toMatchObject({
      name: "ValidationException",
      message: "The request was rejected because the transform job is in status Completed.",
    });
  });

  it("keep what a stopped job has written if the emulator is set so", async (context) => {
    const lab = await sagemakerLab(context, { settings: { stoppedOutput: "keep" } });
    const container = await startContainer({ invoke: ({ body }) => (body === "b\n" ? null : "ok") });
    await lab.createModel(container.url);
    await lab.put("in/a", "a\n");
    await lab.put("in/b", "b\n");
    const name = await lab.createJob(one);
    await expect.poll(() => lab.keys("out/")).toEqual(["out/a.out"]);
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: name }));
    await lab.finish(name);
    expect(await lab.keys("out/")).toEqual(["out/a.out"]);
  });

  it("end when the emulator is closed, and nothing of them is left on this machine", async (context) => {
    const temporary = await mkdtemp(join(tmpdir(), "emulator-"));
    onTestFinished(() => rm(temporary, { recursive: true }));
    process.env["TMPDIR"] = temporary;
    const lab = await sagemakerLab(context);
    const container = await startContainer({ invoke: () => null });
    await lab.createModel(container.url);
    await lab.put("in/a", "1\n");
    await lab.createJob(one);
    await expect.poll(() => container.invocations.length).toBe(1);
    expect(await readdir(temporary)).toHaveLength(1);
    await lab.emulator.close();
    expect(await readdir(temporary)).toEqual([]);
    await expect(lab.client.send(new ListTransformJobsCommand({}))).rejects.toThrow(/ECONNREFUSED|refused/i);
  });
});
