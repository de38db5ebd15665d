import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestContext } from "vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { query } from "../support/query.ts";
import { s3ServerFor } from "./support/s3-servers.ts";

const run = promisify(execFile);
const demo = fileURLToPath(new URL("../../scripts/demo-aws.ts", import.meta.url));
const flights = fileURLToPath(new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));

let folder: string;

beforeEach(async (context) => {
  s3ServerFor(context, "ministack");
  folder = await mkdtemp(join(tmpdir(), "demo-aws-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const demoAws = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", demo, ...args], {
    env: { ...process.env, INIT_CWD: folder, ...env },
    maxBuffer: 1e8,
  });

describe("npm run demo:aws", () => {
  // Three shards: what an instance of SageMaker answers out of order has to find its rows.
  const rows = 150_000;

  it("gives by S3 and SageMaker the same table, value for value, as without a cloud, and leaves a copy of it", async () => {
    const { stdout } = await demoAws(["--rows", String(rows), "--compare"]);
    expect(stdout).toContain("150,000 of 150,000 scored");
    expect(stdout).toContain("to sagemaker in 3 shards");
    expect(stdout).toContain("0 only with the cloud, 0 only without: the same table, value for value");
    const [counts] = await query(`
      select count(*) as "rows", count(distinct t.id) as ids, count(s.place) as same
      from read_parquet('${folder}/out/demo-aws/table/*/*.parquet', hive_partitioning = true) t
      left join (select *, file_row_number as place from read_parquet('${flights}', file_row_number = true)) s
        on s.place = t.id and (s.date, s.origin, s.destination, s.distance, s.delay) = (t.date, t.origin, t.destination, t.distance, t.delay)`);
    expect(counts).toEqual({ rows: String(rows), ids: String(rows), same: String(rows) });
    expect((await readdir(join(folder, "out", "demo-aws"))).sort()).toEqual(["emulator.yaml", "job.yaml", "table"]);
  });

  it("uses none of the caller's credentials, profiles and endpoints", async () => {
    const { stdout } = await demoAws(["--rows", "100"], {
      AWS_PROFILE: "production",
      AWS_SESSION_TOKEN: "of an account",
      AWS_ENDPOINT_URL: "http://127.0.0.1:9",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    });
    expect(stdout).toContain("100 of 100 scored");
  });

  it("says which number of rows it does not take", async () => {
    await expect(demoAws(["--rows", "many"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("argument 'many' is invalid"),
    });
  });
});

describe("npm run demo:aws on a machine without Python", () => {
  it("takes LocalStack if a Docker engine answers", async (context) => {
    const programs = await programsWithout(context);
    const { stdout } = await demoAws(["--rows", "100"], { PATH: programs });
    expect(stdout).toContain("cloud: localstack/localstack:4.14.0 for S3");
    expect(stdout).toContain("100 of 100 scored");
    const calls = (await readFile(join(folder, "docker-calls"), "utf8")).trim().split("\n");
    expect(calls.at(-1)).toBe("rm --force the-container");
  });

  it("says what to install if there is no engine either", async () => {
    await expect(demoAws(["--rows", "100"], { PATH: folder })).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining("For a local S3, install Python 3.10 or newer, or start Docker"),
    });
  });
});

/** A PATH with nothing but a `docker` that plays the engine: it publishes the S3 server of these tests if it is asked to. */
async function programsWithout(context: TestContext): Promise<string> {
  const { endpoint } = s3ServerFor(context, "ministack");
  const program = join(folder, "docker");
  await writeFile(
    program,
    `#!${process.execPath}
const { appendFileSync, readFileSync, writeFileSync } = require("node:fs");
const { spawn } = require("node:child_process");
const args = process.argv.slice(2);
appendFileSync(${JSON.stringify(join(folder, "docker-calls"))}, args.join(" ") + "\\n");
const pidFile = ${JSON.stringify(join(folder, "pid"))};
if (args[0] === "version") console.log("28.2.2");
if (args[0] === "run") {
  const [host, port, inside] = args[args.indexOf("--publish") + 1].split(":");
  if (inside !== "4566") process.exit(1);
  const forward = \`require("node:net").createServer((s) => { const to = require("node:net").connect(\${new URL(${JSON.stringify(endpoint)}).port}, "127.0.0.1"); s.pipe(to).pipe(s); s.on("error", () => {}); to.on("error", () => {}); }).listen(\${port}, "\${host}")\`;
  const child = spawn(process.execPath, ["--eval", forward], { detached: true, stdio: "ignore" });
  child.unref();
  writeFileSync(pidFile, String(child.pid));
  console.log("the-container");
}
if (args[0] === "rm") process.kill(Number(readFileSync(pidFile, "utf8")));
`,
  );
  await chmod(program, 0o755);
  return [folder, dirname(process.execPath)].join(delimiter);
}
