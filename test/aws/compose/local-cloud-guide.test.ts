import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { TestContext } from "vitest";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { startLocalCloud } from "../../../docs/snippets/local-cloud.ts";
import { root } from "../../../scripts/lib/toolchain.mjs";
import { freePort } from "../../../src/backends/local/process/free-port.ts";
import { createScoreframe } from "../../../src/index.ts";
import { codeBlocks, section } from "../../docs/support/markdown.ts";
import { runCommand } from "../../support/run-command.ts";
import { containerEngineMissing } from "../support/container-engine.ts";
import { s3ServerFor } from "../support/s3-servers.ts";
import { compareDemoTable } from "./support/demo-table.ts";

const guide = readFileSync(new URL("../../../docs/guides/local-cloud.md", import.meta.url), "utf8");
const requirements = readFileSync(new URL("../../../scripts/local-cloud/ministack.txt", import.meta.url), "utf8");
const [s3Block = "", sagemakerBlock = "", jobBlock = ""] = codeBlocks(section(guide, "## Without Docker"))
  .filter(({ info }) => info[0] === "sh")
  .map(({ text }) => text);

const complete = { source: 2000, table: 2000, same: 2000, right: 2000, partitions: 6 };

/** What the npm that started the tests has set would lead the inner one elsewhere; a caller's account is not part of the guide. */
const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|AWS_)/i.test(name)));

/** Runs lines of the guide by a shell at the root of the checkout; all that they start ends with the test. */
function shell(lines: string): ChildProcess {
  const options = { cwd: root, env: { ...clean, AWS_PROFILE: "production" }, detached: true } as const;
  const child = spawn("sh", ["-ec", lines], { ...options, stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.pid === undefined) return;
    process.kill(-child.pid, "SIGTERM");
    await once(child, "close");
  });
  return child;
}

describe("the guide to a cloud on this machine, without Docker", () => {
  it("installs the ministack that the tests use", () => {
    const [installed] = /ministack==[\d.]+/.exec(s3Block) ?? [];
    expect(requirements.split("\n")).toContain(installed);
    expect(s3Block).toMatch(/\nBIND_HOST=127\.0\.0\.1 GATEWAY_PORT=4566 \.venv\/bin\/ministack\n$/);
  });

  it("scores the flights by its commands, unchanged", async (context) => {
    const s3 = new URL(s3ServerFor(context, "ministack").endpoint);
    const port = String(await freePort());
    const here = (text: string): string => text.replaceAll("4566", s3.port).replaceAll("4570", port);
    const emulator = shell(here(sagemakerBlock));
    const [url] = (await once(createInterface(emulator.stdout!), "line")) as [string];
    expect(here(jobBlock)).toContain(`AWS_ENDPOINT_URL_SAGEMAKER=${url}\n`);
    const [code] = (await once(shell(here(jobBlock)), "close")) as [number];
    expect(code).toBe(0);
    Object.assign(process.env, { ...keys(), AWS_ENDPOINT_URL_S3: s3.origin });
    expect(await compareDemoTable()).toEqual(complete);
  });
});

describe("the guide to a cloud on this machine, in a test suite", () => {
  beforeEach(() => {
    for (const name of Object.keys(process.env).filter((each) => each.startsWith("AWS_"))) delete process.env[name];
  });

  /** The way of the guide, with the seed and the job of the examples. */
  async function scored(s3Endpoint?: string): Promise<void> {
    const cloud = await startLocalCloud(s3Endpoint);
    onTestFinished(() => cloud.stop());
    expect(await runCommand(process.execPath, ["examples/aws/seed.ts"])).toMatchObject({ code: 0 });
    await using engine = await createScoreframe({ workspace: "s3://scoreframe-demo/runs" });
    const { ledger } = await engine.run("examples/aws/job.yaml");
    expect(ledger).toMatchObject({ input: 2000, scored: 2000 });
    expect(await compareDemoTable()).toEqual(complete);
  }

  it("scores the flights over an S3 that is there", async (context) => {
    await scored(s3ServerFor(context, "ministack").endpoint);
  });

  it("scores the flights over an S3 in a container, if an engine answers", async ({ skip }: TestContext) => {
    const missing = await containerEngineMissing();
    if (missing !== null) return skip(`no S3 is started in a container: ${missing}`);
    await scored();
  });
});

function keys(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" };
}
