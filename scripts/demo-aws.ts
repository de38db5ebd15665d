// `npm run demo:aws [-- --rows <count>] [--compare] [--keep]`: the flights through S3 and SageMaker Batch Transform, on a cloud of this machine.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { Command } from "commander";
import { createS3Client } from "../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../src/adapters/object-store/s3-object-store.ts";
import { parseCount } from "../src/cli/options/parse-count.ts";
import { runSummary } from "../src/cli/render/run-summary.ts";
import { styleFor } from "../src/cli/render/style.ts";
import { formatBytes, formatCount } from "../src/cli/render/units.ts";
import type { RunReport } from "../src/core/domain/run-report.ts";
import { findFlights } from "../src/demo/demo-flights.ts";
import { writeDemoJob } from "../src/demo/demo-job.ts";
import { withFlights } from "../src/demo/flights-database.ts";
import { verifyFlights } from "../src/demo/verify-flights.ts";
import { awsJobText, emulatorConfig, PLACES } from "./demo-aws/aws-job.ts";
import { compareTables } from "./demo-aws/compare-tables.ts";
import { fetchTable } from "./demo-aws/fetch-table.ts";
import { runScoreframe } from "./demo-aws/run-scoreframe.ts";
import type { LocalCloud } from "./local-cloud/start-local-cloud.ts";
import { startLocalCloud } from "./local-cloud/start-local-cloud.ts";

type Options = { readonly rows?: number | null; readonly compare?: boolean; readonly keep?: boolean };

const options = new Command("npm run demo:aws --")
  .description("the flights through S3 and SageMaker Batch Transform, on a cloud of this machine")
  .option("--rows <count>", "how many rows, from the beginning of the table", parseCount)
  .option("--compare", "score them without a cloud, too, and compare the tables value for value")
  .option("--keep", "leave the cloud running until Ctrl-C")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<Options>();
const workingDirectory = process.env["INIT_CWD"] ?? process.cwd();
const folder = resolve(workingDirectory, "out", "demo-aws");
const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());

process.exitCode = await demo(options);

/** Returns the exit code. */
async function demo({ rows = null, compare = false, keep = false }: Options): Promise<number> {
  const flights = findFlights();
  const jobFile = join(folder, "job.yaml");
  const configFile = join(folder, "emulator.yaml");
  await mkdir(folder, { recursive: true });
  await writeFile(jobFile, awsJobText(flights, rows));
  await writeFile(configFile, emulatorConfig(flights));
  const cloud = await startLocalCloud(configFile);
  if ("missing" in cloud) return failed(cloud.missing, 1);
  const scratch = await mkdtemp(join(tmpdir(), "scoreframe-demo-aws-"));
  try {
    // Our own clients, too, use this cloud and nothing of the caller's.
    process.env = { ...cloud.env };
    say(`cloud: ${cloud.s3} for S3, \`scoreframe emulate sagemaker\` for SageMaker`);
    await store(flights.table);
    const args = ["run", jobFile, "--workspace", PLACES.workspace, "--json"];
    const run = await runScoreframe(args, cloud.env, stopping.signal);
    const report = JSON.parse(run.stdout) as RunReport;
    process.stdout.write(runSummary(report, { style: styleFor(process.stdout), workingDirectory }));
    if (run.code !== 0) return run.code ?? 1;
    if (run.peakBytes !== null) say(`peak memory of its process: ${formatBytes(run.peakBytes)} (resident)`);
    const table = join(folder, "table");
    await fetchTable(createS3ObjectStore(createS3Client(), PLACES.output), table);
    const facts = await withFlights({ flights, rows, output: table }, verifyFlights);
    say(`read back: ${facts.ok ? "every flight is there once, unchanged, and scored" : "the table is not the source"}`);
    say(`  ${JSON.stringify(facts)}`);
    const isSame = !compare || (await isSameWithoutCloud(table, rows, scratch));
    say(`job: ${jobFile}\ntable: ${table} (a copy; the one on S3 ends with the cloud)`);
    if (keep) await untilStopped(cloud, jobFile);
    return facts.ok && isSame ? 0 : 1;
  } finally {
    await cloud.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function store(table: string): Promise<void> {
  const client = createS3Client();
  await client.send(new CreateBucketCommand({ Bucket: PLACES.bucket }));
  const prefix = PLACES.table.slice(0, -basename(PLACES.table).length);
  const { bytes } = await createS3ObjectStore(client, prefix).upload(table, basename(PLACES.table));
  client.destroy();
  say(`source: ${PLACES.table} (${formatBytes(bytes)})`);
}

async function isSameWithoutCloud(table: string, rows: number | null, scratch: string): Promise<boolean> {
  say("without a cloud:");
  const output = join(scratch, "table");
  const jobFile = await writeDemoJob({ flights: findFlights(), rows, output });
  const args = ["run", jobFile, "--workspace", join(scratch, "runs"), "--json"];
  const local = await runScoreframe(args, process.env, stopping.signal);
  if (local.code !== 0) return failed("the run without a cloud failed", false);
  const { rows: counts, onlyInFirst, onlyInSecond } = await compareTables(table, output);
  const isSame = onlyInFirst === 0 && onlyInSecond === 0 && counts[0] === counts[1];
  say(
    `compared: ${counts.map(formatCount).join(" and ")} rows; ${formatCount(onlyInFirst)} only with the cloud, ` +
      `${formatCount(onlyInSecond)} only without${isSame ? ": the same table, value for value" : ""}`,
  );
  if (local.peakBytes !== null) say(`peak memory without a cloud: ${formatBytes(local.peakBytes)} (resident)`);
  return isSame;
}

/** Until Ctrl-C. */
async function untilStopped({ variables }: LocalCloud, jobFile: string): Promise<void> {
  const exports = Object.entries(variables).map(([name, value]) => `export ${name}=${value}`);
  say(
    `\nThe cloud runs until Ctrl-C. In another terminal:\n\n${exports.join("\n")}\n` +
      `npm run -s scoreframe -- run ${jobFile} --workspace ${PLACES.workspace}\n`,
  );
  if (stopping.signal.aborted) return;
  await new Promise<void>((done) => {
    const alive = setInterval(() => undefined, 60_000);
    stopping.signal.addEventListener("abort", () => done(clearInterval(alive)), { once: true });
  });
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function failed<T>(message: string, answer: T): T {
  process.stderr.write(`demo:aws: ${message}\n`);
  return answer;
}
