// `npm run bench:s3`: what S3 costs a run, compared with the same bytes copied by the SDK alone. See docs/performance.md.

import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { runProgram } from "../../scripts/lib/run-program.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { flights } from "../data/flights.ts";
import { machine } from "../machine.ts";
import { SIZES } from "../options.ts";
import type { CopyResult } from "./measure-copies.ts";
import { measureCopies } from "./measure-copies.ts";
import type { RunResult } from "./measure-runs.ts";
import { measureRuns } from "./measure-runs.ts";
import { measureStitch } from "./measure-stitch.ts";
import { openPlace } from "./place.ts";
import type { S3Figures } from "./render.ts";
import { renderS3 } from "./render.ts";

const USAGE = `npm run bench:s3 -- [options]
  --sizes 300k,3m           rows of the flights table: ${Object.keys(SIZES).join(", ")}
  --runs 3                  how often everything is run; medians are shown
  --output FILE             where the figures are written as JSON (default: bench/results/s3-<time>.json)
  --show FILE               print the tables of earlier figures
Environment: AWS_ENDPOINT_URL_S3 and credentials (another S3 than the ministack that is started), SCOREFRAME_BENCH_CACHE`;

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "300k,3m" },
    runs: { type: "string", default: "3" },
    output: { type: "string" },
    show: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(USAGE);
else if (values.show !== undefined) console.log(renderS3(JSON.parse(readFileSync(values.show, "utf8")) as S3Figures));
else await measureAndShow(values.sizes.split(","), Number(values.runs));

async function measureAndShow(sizes: readonly string[], runs: number): Promise<void> {
  const unknown = sizes.find((size) => SIZES[size] === undefined);
  if (unknown !== undefined || !(runs >= 1)) throw new Error(`Not a size, or not a count of runs.\n${USAGE}`);
  await build();
  const setting = { machine: machine(), sizes, runs };
  const place = await openPlace();
  try {
    const figures = await measureAll(sizes, runs, place.bucket);
    const time = new Date().toISOString().replaceAll(":", "");
    const path = values.output ?? join(root, "bench", "results", `s3-${time}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ ...setting, server: place.server, ...figures }, null, 2)}\n`);
    console.log(`\n${JSON.stringify(setting.machine)} ${place.server}\n\n${renderS3(figures)}\n\nAll figures: ${path}`);
  } finally {
    await place.stop();
  }
}

/** Copies are those of the last size: its runs' files and its table. */
async function measureAll(sizes: readonly string[], runs: number, bucket: string): Promise<S3Figures> {
  const measured: RunResult[] = [];
  let [copies, files]: [CopyResult[], S3Figures["files"]] = [[], { count: 0, bytes: 0 }];
  for (const [index, size] of sizes.entries()) {
    const { results, files: folder } = await measureRuns(
      await flights(size, SIZES[size] as number),
      bucket,
      runs,
      printProgress,
    );
    measured.push(...results);
    if (index === sizes.length - 1) {
      files = sizeOf(folder);
      copies = await measureCopies(folder, bucket, runs, printProgress);
    }
    rmSync(folder, { recursive: true, force: true });
  }
  return { files, copies, runs: measured, stitch: await measureStitch(bucket, runs, printProgress) };
}

function sizeOf(folder: string): S3Figures["files"] {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const bytes = found.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return { count: found.length, bytes };
}

async function build(): Promise<void> {
  const script = fileURLToPath(new URL("../../scripts/build.ts", import.meta.url));
  const { code, output } = await runProgram(process.execPath, ["--disable-warning=ExperimentalWarning", script]);
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}
