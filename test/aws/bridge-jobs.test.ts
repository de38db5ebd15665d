import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeTransformJobCommand, ListModelsCommand, ListTransformJobsCommand } from "@aws-sdk/client-sagemaker";
import type { TestContext } from "vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { runCli } from "../cli/support/run-cli.ts";
import { query } from "../support/query.ts";
import type { SagemakerLab } from "./emulators/support/sagemaker-lab.ts";
import { sagemakerLab } from "./emulators/support/sagemaker-lab.ts";
import { startModelServer } from "./support/model-server.ts";
import { s3ServerFor } from "./support/s3-servers.ts";

const PAGE = new URL("../../docs/reference/job-file.md", import.meta.url);

/** The complete example of the reference page. */
async function pageExample(): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text as string);
  return blocks.find((text) => text.startsWith("model_name:")) as string;
}

type Bench = {
  readonly lab: SagemakerLab;
  readonly folder: string;
  /** What the container was sent, as it was written. */
  readonly bodies: string[];
  run(job: string, ...args: string[]): ReturnType<typeof runCli>;
};

/** The local cloud with an image that charges ten times the months, and a folder with customers. */
async function bench(context: TestContext, image: string): Promise<Bench> {
  const bodies: string[] = [];
  const container = await startModelServer((body) => {
    bodies.push(body);
    const { instances } = JSON.parse(body) as { instances: { months: number }[] };
    return { body: JSON.stringify({ predictions: instances.map(({ months }) => months * 10) }) };
  });
  const lab = await sagemakerLab(context, { images: { [image]: { url: container.url } } });
  const folder = await mkdtemp(join(tmpdir(), "bridge-"));
  onTestFinished(async () => {
    container.close();
    await rm(folder, { recursive: true, force: true });
  });
  await mkdir(join(folder, "data"));
  const rows = Array.from({ length: 23 }, (_, n) => `${n},${n % 60},${n}.5,2024-05-0${1 + (n % 2)}`);
  await writeFile(join(folder, "data", "customers.csv"), ["customer_id,months,charges,ds", ...rows].join("\n"));
  const server = s3ServerFor(context, "ministack");
  const env = {
    AWS_ENDPOINT_URL_S3: server.endpoint,
    AWS_ENDPOINT_URL_SAGEMAKER: lab.emulator.url,
    AWS_ACCESS_KEY_ID: server.accessKeyId,
    AWS_SECRET_ACCESS_KEY: server.secretAccessKey,
    AWS_REGION: "us-east-1",
  };
  const run = async (job: string, ...args: string[]): ReturnType<typeof runCli> => {
    await writeFile(join(folder, "job.yaml"), job);
    const fast = ["--set", "backend.poll_interval_s=0.05", "--set", "backend.price_per_hour=0.2"];
    const workspace = ["--workspace", `s3://${lab.bucket}/scoring`];
    return runCli(["run", "job.yaml", ...workspace, "--set", "ds=2024-05-01", ...fast, ...args], { cwd: folder, env });
  };
  return { lab, folder, bodies, run };
}

async function onlyJob({ client }: SagemakerLab) {
  const { TransformJobSummaries = [] } = await client.send(new ListTransformJobsCommand({}));
  expect(TransformJobSummaries).toHaveLength(1);
  const TransformJobName = TransformJobSummaries[0]?.TransformJobName;
  return client.send(new DescribeTransformJobCommand({ TransformJobName }));
}

describe("a flat job of the Adroit bridge", () => {
  it("runs unchanged from the documentation, and removes the model that it has created", async (context) => {
    const example = await pageExample();
    const { image, request_batch_size: batch } = parse(example) as { image: string; request_batch_size: number };
    const { lab, folder, bodies, run } = await bench(context, image);
    const { exitCode, stderr } = await run(example);
    expect(stderr).toContain("spark_arguments is ignored");
    expect(stderr).toContain("flavor is ignored");
    expect(exitCode).toBe(0);
    const table = await query(
      `select count(*)::int as rows, count(*) filter (prediction = months * 10)::int as "right" from '${folder}/out/churn/*.parquet'`,
    );
    expect(table).toEqual([{ rows: 12, right: 12 }]);
    expect(Math.max(...bodies.map((body) => JSON.parse(body).instances.length))).toBe(batch);
    expect((await onlyJob(lab)).TransformResources).toMatchObject({ InstanceType: "ml.c5.xlarge", InstanceCount: 1 });
    expect((await lab.client.send(new ListModelsCommand({}))).Models).toEqual([]);
  });

  it.for([
    ["churn-3", "the version in its name", false],
    ["churn-v3", "a v before the version", false],
    ["churn", "no version, of which a warning is printed", true],
  ] as const)("uses the model %s: %s", async ([model, , warns], context) => {
    const { lab, run } = await bench(context, "other:1");
    const container = await startModelServer((body) => {
      const { instances } = JSON.parse(body) as { instances: unknown[] };
      return { body: JSON.stringify({ predictions: instances.map(() => 1) }) };
    });
    onTestFinished(() => container.close());
    await lab.createModel(container.url, model);
    const job = "model_name: churn\nversion: 3\nsql: select months from 'data/customers.csv'\n";
    const { exitCode, stderr } = await run(job);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect((await onlyJob(lab)).ModelName).toBe(model);
    expect(stderr.includes('"churn" is used for version 3')).toBe(warns);
  });

  it("runs a model that exists in the image that the job names, and leaves the model as it was", async (context) => {
    const { lab, folder, run } = await bench(context, "team/churn:2");
    const former = await startModelServer(() => ({ status: 500, body: "{}" }));
    onTestFinished(() => former.close());
    await lab.createModel(former.url, "churn");
    // The lab's model names its own server, which the copy must not.
    const { exitCode, stderr } = await run(
      "model_name: churn\nimage: team/churn:2\nsql: select * from 'data/customers.csv'\n",
      "--set",
      "backend.model_environment={MODEL_SERVER_URL: ''}",
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await query(`select sum(prediction)::int as sum from '${folder}/out/churn/*.parquet'`)).toEqual([
      { sum: 2530 },
    ]);
    const { Models = [] } = await lab.client.send(new ListModelsCommand({}));
    expect(Models.map(({ ModelName }) => ModelName)).toEqual(["churn"]);
  });

  it("starts no more instances than there are request files", async (context) => {
    const { lab, run } = await bench(context, "team/churn:1");
    const job = [
      "model_name: churn",
      "image: team/churn:1",
      "max_instance_count: 8",
      "request_file_size_mb: 0.0004",
      "sql: select months from 'data/customers.csv'",
    ].join("\n");
    expect(await run(job)).toMatchObject({ exitCode: 0 });
    const { TransformResources } = await onlyJob(lab);
    expect(TransformResources?.InstanceCount).toBeGreaterThan(0);
    expect(TransformResources?.InstanceCount).toBeLessThan(8);
  });

  it("names the missing model, and what to set", async (context) => {
    const { run } = await bench(context, "team/churn:1");
    const { exitCode, stderr } = await run(
      "model_name: churn\nversion: 3\nsql: select months from 'data/customers.csv'\n",
    );
    expect(exitCode).toBe(2);
    expect(stderr.replace(/\s+/g, " ")).toContain(
      'There is no SageMaker model "churn-3" or "churn-v3" or "churn" in us-east-1',
    );
  });
});
