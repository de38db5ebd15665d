import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateModelCommand } from "@aws-sdk/client-sagemaker";
import type { TestContext } from "vitest";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ImageSource } from "../../../src/emulators/index.ts";
import { startContainer } from "./support/container-server.ts";
import type { JobChanges, SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

/** A model that answers every row with variables of its environment. */
const ENVIRONMENT_MODEL = `const names = ["SAGEMAKER_BATCH", "SAGEMAKER_MAX_PAYLOAD_IN_MB", "SAGEMAKER_BATCH_STRATEGY", "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS", "BOTH", "MODEL", "JOB", "CONFIG"];
export default { predict: (rows) => rows.map(() => names.map((name) => process.env[name] ?? "-").join(" ")) };`;

const LINES: JobChanges = { input: { ContentType: "application/jsonlines" }, output: { AssembleWith: "None" } };

async function labWith(
  context: Pick<TestContext, "skip">,
  images: Record<string, ImageSource>,
  files: Record<string, string>,
): Promise<SagemakerLab> {
  const baseDirectory = await mkdtemp(join(tmpdir(), "images-"));
  onTestFinished(() => rm(baseDirectory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(baseDirectory, name), text);
  return sagemakerLab(context, { images, baseDirectory });
}

async function createModel(lab: SagemakerLab, Image: string, Environment: Record<string, string> = {}): Promise<void> {
  const ExecutionRoleArn = "arn:aws:iam::000000000000:role/scoring";
  await lab.client.send(
    new CreateModelCommand({ ModelName: "model", ExecutionRoleArn, PrimaryContainer: { Image, Environment } }),
  );
}

describe("an image", () => {
  it("may be served by a local model", async (context) => {
    const model = "export default { predict: (rows) => rows.map(({ x }) => x * 2) };";
    const lab = await labWith(context, { "doubles:1": { model: "double.js" } }, { "double.js": model });
    await createModel(lab, "doubles:1");
    await lab.put("in/a.jsonl", '{"x":1}\n{"x":2}\n');
    expect(await lab.run(LINES)).toMatchObject({ TransformJobStatus: "Completed" });
    expect(await lab.get("out/a.jsonl.out")).toBe("2\n4\n");
  });

  it("may be served by a command, which is started for each instance", async (context) => {
    const server = `require("node:http").createServer((request, response) => {
      response.statusCode = ["/healthy", "/score"].includes(request.url) ? 200 : 404;
      response.end(request.url + " " + process.pid);
    }).listen(process.env.PORT, "127.0.0.1")`;
    const command = `"${process.execPath}" serve.cjs`;
    const source = { command, health_path: "/healthy", invocations_path: "/score" };
    const lab = await labWith(context, { "*": source }, { "serve.cjs": server });
    await createModel(lab, "any");
    await lab.put("in/a", "1\n");
    await lab.put("in/b", "1\n");
    await lab.run({ TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 2 } });
    const [a, b] = [await lab.get("out/a.out"), await lab.get("out/b.out")];
    expect(a).toMatch(/^\/score \d+\n$/);
    expect(b).toMatch(/^\/score \d+\n$/);
    expect(a).not.toBe(b);
  });

  it("has the environment that the service sets, the job's before the model's", async (context) => {
    const source = { model: "env.js", env: { CONFIG: "c", BOTH: "c" } };
    const lab = await labWith(context, { env: source }, { "env.js": ENVIRONMENT_MODEL });
    await createModel(lab, "env", { MODEL: "m", BOTH: "m" });
    await lab.put("in/a", "{}\n");
    await lab.run({ ...LINES, Environment: { JOB: "j", BOTH: "j" } });
    expect(await lab.get("out/a.out")).toBe('"true - - - j m j c"\n');
    await lab.run({ ...LINES, MaxPayloadInMB: 2, BatchStrategy: "SingleRecord", MaxConcurrentTransforms: 3 });
    expect(await lab.get("out/a.out")).toBe('"true 2 SINGLE_RECORD 3 m m - c"\n');
  });

  it("is found by a pattern, and a name in the configuration overrides the container's own variable", async (context) => {
    const [named, own] = [await startContainer({ invoke: () => "named" }), await startContainer()];
    const images = { "123456789012.dkr.ecr.*/pytorch:*": { url: `${named.url}/invocations` } };
    const lab = await labWith(context, images, {});
    await createModel(lab, "123456789012.dkr.ecr.us-east-1.amazonaws.com/pytorch:2", { MODEL_SERVER_URL: own.url });
    await lab.put("in/a", "1\n");
    await lab.run();
    expect(await lab.get("out/a.out")).toBe("named\n");
    expect(own.asked).toEqual([]);
  });

  it("fails the job if its model does not load, and the log says why", async (context) => {
    const lab = await labWith(
      context,
      { broken: { model: "broken.js" } },
      { "broken.js": "throw new Error('no weights')" },
    );
    await createModel(lab, "broken");
    await lab.put("in/a", "1\n");
    const job = await lab.run();
    expect(job.FailureReason).toBe("AlgorithmError: Model container failed to respond to ping");
    expect(lab.logged.join("\n")).toContain("no weights");
  });

  it.for([
    ["nothing", {}, "model is missing"],
    ["two things", { model: "a.js", command: "b" }, "one of the two"],
    ["an address and more", { url: "http://a", model: "a.js" }, "a url excludes other keys"],
    ["no address", { url: "localhost:8080" }, "must be an address such as"],
    ["another kind of file", { model: "model.pkl" }, "must be a file that ends in .ts"],
    ["an unknown key", { image: "x" }, "image is not known"],
  ] as const)("is rejected before anything starts with %s", async ([_name, source, message], context) => {
    await expect(sagemakerLab(context, { images: { "my-image": source as never } })).rejects.toMatchObject({
      code: "EMULATOR_OPTIONS_INVALID",
      message: expect.stringContaining(`images["my-image"]: ${message}`.slice(0, 20)),
    });
    await expect(sagemakerLab(context, { images: { "my-image": source as never } })).rejects.toThrow(message);
  });
});
