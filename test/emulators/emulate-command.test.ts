import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListModelsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { runCli, startCli } from "../cli/support/run-cli.ts";

const S3 = ["--s3-endpoint", "http://127.0.0.1:1"];

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "emulate-"));
});
afterAll(() => rm(cwd, { recursive: true }));

async function modelsAt(endpoint: string): Promise<unknown> {
  const client = new SageMakerClient({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  return (await client.send(new ListModelsCommand({}))).Models;
}

describe("scoreframe emulate sagemaker", () => {
  it("prints its URL when it is ready, and ends with 0 when it is stopped", async () => {
    const emulator = startCli(["emulate", "sagemaker", "--port", "0", ...S3], { cwd });
    await emulator.hasSaid("AWS_ENDPOINT_URL_SAGEMAKER=http://127.0.0.1:");
    emulator.child.kill("SIGTERM");
    const { exitCode, stdout } = await emulator.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  it("prints one document with --json, and answers from then on", async () => {
    const emulator = startCli(["emulate", "sagemaker", "--port", "0", "--json", ...S3], { cwd });
    let printed = "";
    for await (const piece of emulator.child.stdout ?? []) {
      printed += String(piece);
      if (printed.endsWith("}\n")) break;
    }
    const { url, ...rest } = JSON.parse(printed);
    expect(rest).toEqual({ service: "sagemaker", error: null });
    expect(await modelsAt(url)).toEqual([]);
    // What it is killed in the middle of would stay in the temporary folder.
    emulator.child.kill("SIGTERM");
    await emulator.ended;
  });

  it("says that a port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { exitCode, stderr } = await runCli(["emulate", "sagemaker", "--port", String(port), ...S3], { cwd });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`The emulator cannot listen on 127.0.0.1:${port}`);
  });

  it.for([
    ["an unknown key", "image: {}", 'Unrecognized key: "image"'],
    ["a key that is nearly right", "image: {}", "Did you mean images?"],
    ["a key of latency that is nearly right", "latency: { strat: 1 }", "Did you mean start?"],
    [
      "an image's key that is nearly right",
      "images: { x: { modle: a.ts } }",
      "modle is not known. Did you mean model?",
    ],
    ["a model that is not there", "images: { x: { model: nofile.ts } }", 'images["x"]: there is no model'],
    ["a wrong value", "record_newline: maybe", "record_newline"],
    ["a quota of a type that there is not", "quotas: { ml.t3.medium: 1 }", "quotas"],
    ["a throttle of no operation", "throttle: { Create: 1 }", 'throttle: "Create" is no operation'],
    ["no YAML", "images: {", "is not valid"],
    ["an image without a model", "images: { a: {} }", 'images["a"]: model is missing'],
  ] as const)("rejects a configuration with %s", async ([_name, text, message]) => {
    await writeFile(join(cwd, "emulator.yaml"), text);
    const { exitCode, stderr } = await runCli(["emulate", "sagemaker", "--config", "emulator.yaml", "--port", "0"], {
      cwd,
    });
    expect(exitCode).toBe(2);
    expect(stderr.replaceAll("\n", " ")).toContain(message);
  });

  it("names the file and the folder that its paths start at, if a model is not there", async () => {
    const folder = join(cwd, "deep");
    await mkdir(folder);
    await writeFile(join(folder, "score.ts"), "");
    await writeFile(join(folder, "emulator.yaml"), "images: { x: { model: scor.ts } }");
    const { stderr } = await runCli(["emulate", "sagemaker", "--config", "deep/emulator.yaml", "--port", "0"], { cwd });
    const said = stderr.replace(/\s+/g, " ");
    expect(said).toContain(`The emulator's configuration ${join(folder, "emulator.yaml")} is not valid`);
    expect(said).toContain(`there is no model ${join(folder, "scor.ts")}. Relative paths start at ${folder}.`);
    expect(said).toContain(`Did you mean ${join(folder, "score.ts")}?`);
  });

  it("rejects a configuration that is not there", async () => {
    const { exitCode, stderr } = await runCli(["emulate", "sagemaker", "--config", "nope.yaml"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("EMULATOR_OPTIONS_INVALID");
  });

  it("rejects another service", async () => {
    const { exitCode, stderr } = await runCli(["emulate", "dynamodb"], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("sagemaker");
  });
});
