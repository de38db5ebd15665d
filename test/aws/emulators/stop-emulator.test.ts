import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateModelCommand, CreateTransformJobCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import type { TestContext } from "vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CliProcess } from "../../cli/support/run-cli.ts";
import { startCli } from "../../cli/support/run-cli.ts";
import { newBucket } from "../support/buckets.ts";
import { s3ServerFor } from "../support/s3-servers.ts";

/** Says its port, is ready, and never answers a record; whether SIGTERM ends it is the test's. */
const server = (ignoresSigterm: boolean): string => `${ignoresSigterm ? 'process.on("SIGTERM", () => undefined);' : ""}
require("node:fs").appendFileSync("ports", process.env.PORT + "\\n");
require("node:http").createServer((request, response) => {
  if (request.url === "/ping") response.end();
  else if (request.url !== "/invocations") response.writeHead(404).end();
}).listen(process.env.PORT, "127.0.0.1");`;

/** The command, with two jobs in the middle of their work, each with its own server. */
async function startBusy(
  context: Pick<TestContext, "skip">,
  ignoresSigterm = false,
): Promise<{ emulator: CliProcess; alive: () => Promise<boolean[]>; temporary: string }> {
  const { client: s3, name: bucket } = await newBucket(context, "ministack");
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: "in/a", Body: "1\n" }));
  const cwd = await mkdtemp(join(tmpdir(), "stop-emulator-"));
  onTestFinished(() => rm(cwd, { recursive: true }));
  const temporary = await mkdtemp(join(cwd, "temporary-"));
  await writeFile(join(cwd, "server.cjs"), server(ignoresSigterm));
  await writeFile(join(cwd, "emulator.yaml"), `images: { any: { command: '"${process.execPath}" server.cjs' } }`);
  const { endpoint } = s3ServerFor(context, "ministack");
  const args = ["emulate", "sagemaker", "--port", "0", "--s3-endpoint", endpoint, "--config", "emulator.yaml"];
  const emulator = startCli([...args, "--start-seconds", "0"], { cwd, env: { TMPDIR: temporary } });
  const url = await new Promise<string>((printed) =>
    emulator.child.stdout?.once("data", (text: string) => printed(text.trim())),
  );
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new SageMakerClient({ endpoint: url, region: "us-east-1", credentials });
  const ExecutionRoleArn = "arn:aws:iam::000000000000:role/scoring";
  await client.send(new CreateModelCommand({ ModelName: "m", ExecutionRoleArn, PrimaryContainer: { Image: "any" } }));
  for (const TransformJobName of ["job-1", "job-2"]) {
    const S3DataSource = { S3DataType: "S3Prefix", S3Uri: `s3://${bucket}/in/` } as const;
    await client.send(
      new CreateTransformJobCommand({
        TransformJobName,
        ModelName: "m",
        TransformInput: { DataSource: { S3DataSource } },
        TransformOutput: { S3OutputPath: `s3://${bucket}/out/${TransformJobName}` },
        TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
      }),
    );
    await emulator.hasSaid(`${TransformJobName} `);
  }
  const ports = (await readFile(join(cwd, "ports"), "utf8")).trim().split("\n");
  return { emulator, alive: () => Promise.all(ports.map(answers)), temporary };
}

function answers(port: string): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/ping`).then(
    () => true,
    () => false,
  );
}

describe("an emulator that is stopped in the middle of its jobs", () => {
  it.for(["SIGINT", "SIGTERM"] as const)(
    "ends with 0 after %s, and takes with it all that it started",
    async (signal, context) => {
      const { emulator, alive, temporary } = await startBusy(context);
      expect(await alive()).toEqual([true, true]);
      emulator.child.kill(signal);
      expect((await emulator.ended).exitCode).toBe(0);
      expect(await alive()).toEqual([false, false]);
      const left = (await readdir(temporary)).filter((name) => name.startsWith("scoreframe-"));
      expect(left).toEqual([]);
    },
  );

  it("ends at once after a second signal, also if its models do not end", async (context) => {
    const { emulator, alive } = await startBusy(context, true);
    emulator.child.kill("SIGINT");
    // It waits for its models now.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await alive()).toEqual([true, true]);
    emulator.child.kill("SIGTERM");
    expect((await emulator.ended).exitCode).toBe(143);
    await expect.poll(alive).toEqual([false, false]);
  });

  it("leaves no model behind when it is killed", async (context) => {
    const { emulator, alive } = await startBusy(context);
    emulator.child.kill("SIGKILL");
    await emulator.ended;
    await expect.poll(alive, { timeout: 20_000 }).toEqual([false, false]);
  });
});
