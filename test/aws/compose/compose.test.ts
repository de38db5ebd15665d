import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pythonEnvironment } from "../../../scripts/lib/python-environment.ts";
import { runCommand } from "../../support/run-command.ts";
import { readCompose } from "./support/compose-model.ts";
import type { ComposeProcesses } from "./support/compose-processes.ts";
import { composeProcesses } from "./support/compose-processes.ts";
import { compareDemoTable } from "./support/demo-table.ts";
import type { StagedImage } from "./support/stage-image.ts";
import { CONTAINER_PATH, stageImage } from "./support/stage-image.ts";

const MINISTACK = fileURLToPath(new URL("../../../scripts/local-cloud/ministack.txt", import.meta.url));

let folder: string;
let image: StagedImage;
let compose: ComposeProcesses | { readonly missing: string };
/** Which services were well before any was started. */
let wellBefore: readonly string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "compose-image-"));
  compose = await started();
});
afterAll(async () => {
  if (compose !== undefined && !("missing" in compose)) await compose.stop();
  await rm(folder, { recursive: true, force: true });
});

/** All services without a profile, as after `docker compose up --wait`: ministack for the S3, our own image by its Dockerfile. */
async function started(): Promise<typeof compose> {
  const model = await readCompose();
  if ("missing" in model) return model;
  const python = await pythonEnvironment(MINISTACK, { from: 10 });
  if ("missing" in python) return python;
  const pulled = { bin: python.bin, entrypoint: ["ministack"] };
  image = await stageImage(folder);
  const processes = await composeProcesses(model, { built: image, pulled });
  const checked = Object.entries(model.services).flatMap(([name, { healthcheck }]) => (healthcheck ? [name] : []));
  const answers = await Promise.all(checked.map((name) => processes.isHealthy(name)));
  wellBefore = checked.filter((_, at) => answers[at]);
  await processes.up();
  return processes;
}

let running: ComposeProcesses;
beforeEach(({ skip }) => {
  if ("missing" in compose) return skip(`the services of docker-compose.yml do not run here: ${compose.missing}`);
  running = compose;
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_ENDPOINT_URL_S3: running.onHost("http://127.0.0.1:4566"),
  });
});

describe("the services of docker-compose.yml", () => {
  it("are of an image that prints how it is used", async () => {
    expect(image.command).toEqual(["--help"]);
    const argv = image.entrypoint.map((word) => (word.startsWith("/") ? join(image.folder, word) : word));
    const [file = "", ...args] = [...argv, ...image.command];
    const { code, output } = await runCommand(file, args, 30_000, { PATH: CONTAINER_PATH, NODE_OPTIONS: "" });
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("Usage: scoreframe") });
  });

  it("are not said to be well before they are", () => {
    expect(wellBefore).toEqual([]);
  });

  it("score the sample by the demo job: each row of the source once, with the model's own answer", async () => {
    const demo = await running.run("demo");
    expect(demo).toMatchObject({ code: 0, output: expect.stringContaining("2,000 of 2,000 scored") });
    expect(demo.output).toContain("to sagemaker in 4 shards");
    expect(await compareDemoTable()).toEqual({ source: 2000, table: 2000, same: 2000, right: 2000, partitions: 6 });
  });

  it("may be seeded and asked for the demo again, nothing doubled", async () => {
    expect(await running.run("seed")).toMatchObject({ code: 0 });
    expect(await running.run("demo")).toMatchObject({ code: 0 });
    expect(await compareDemoTable()).toMatchObject({ table: 2000, same: 2000 });
  });

  it("end when they are stopped, none has to be killed", async () => {
    expect(await running.stop()).toEqual([]);
  });
});
