// `npm run bench`: measures the engine and hand-written scripts that do the same work. See docs/performance.md.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runProgram } from "../scripts/lib/run-program.ts";
import { root } from "../scripts/lib/toolchain.mjs";
import type { Contender } from "./contenders/contender.ts";
import { scoreframe } from "./contenders/scoreframe.ts";
import { scriptContender } from "./contenders/script.ts";
import type { Dataset } from "./data/dataset.ts";
import { flights } from "./data/flights.ts";
import { shapes } from "./data/shapes.ts";
import { engineUses } from "./engine/engine-module.ts";
import { machine } from "./machine.ts";
import type { BenchOptions } from "./options.ts";
import { parseOptions, SIZES, USAGE } from "./options.ts";
import type { Figures } from "./report/render.ts";
import { renderFigures } from "./report/render.ts";
import { COLD_START_ROWS, measureColdStart } from "./sections/cold-start.ts";
import { measureEmulator } from "./sections/emulator.ts";
import { measureStages } from "./sections/stages.ts";
import { measureWhole } from "./sections/whole.ts";

/** The many-partitions table: as many days as thirty million flights have. */
const MANY_PARTITIONS = 1811;

await main();

async function main(): Promise<void> {
  let options: BenchOptions;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (options.show === undefined) await measureAndShow(options);
  else console.log(renderFigures(JSON.parse(readFileSync(options.show, "utf8")) as Figures));
}

async function measureAndShow(options: BenchOptions): Promise<void> {
  if (options.build && (engineUses() === "dist" || options.sections.has("cold"))) await build();
  const peers = await Promise.all((usesPeers(options) ? options.peers : []).map(scriptContender));
  const setting = {
    machine: machine(),
    options: { ...options, sections: [...options.sections] },
    engine: engineUses(),
  };
  const figures = await measureAll(options, [scoreframe, ...peers]);
  const path = options.output ?? join(root, "bench", "results", `${new Date().toISOString().replaceAll(":", "")}.json`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${JSON.stringify({ ...setting, ...figures }, null, 2)}\n`);
  console.log(`\n${JSON.stringify(setting.machine)}\n\n${renderFigures(figures)}\n\nAll figures: ${path}`);
}

/** Sections that compare the engine with others; only these need the others' environments. */
function usesPeers({ sections }: BenchOptions): boolean {
  return sections.has("whole") || sections.has("partitions");
}

async function measureAll(options: BenchOptions, contenders: readonly Contender[]): Promise<Figures> {
  const { sizes, runs, sections } = options;
  const tables: Dataset[] = [];
  for (const size of sizes) tables.push(await flights(size, SIZES[size] as number));
  const few = await flights("1k", COLD_START_ROWS);
  return {
    whole: sections.has("whole")
      ? await each(tables, (table) => measureWhole(table, contenders, runs, printProgress))
      : [],
    stages: sections.has("stages") ? await each(tables, (table) => measureStages(table, runs, printProgress)) : [],
    coldStart: sections.has("cold") ? await measureColdStart(few, runs, printProgress) : [],
    shapes: sections.has("shapes")
      ? await each(await shapes(), (table) => measureWhole(table, [scoreframe], runs, printProgress))
      : [],
    partitions: sections.has("partitions") ? await manyPartitions(sizes, runs, contenders) : [],
    emulator: sections.has("emulator") ? await measureEmulator(runs, printProgress) : [],
  };
}

/** Three million rows with the partitions of thirty million; those have them anyway. */
async function manyPartitions(sizes: readonly string[], runs: number, contenders: readonly Contender[]) {
  if (!sizes.includes("3m")) return [];
  const table = await flights(`3m-${MANY_PARTITIONS}-partitions`, SIZES["3m"] as number, MANY_PARTITIONS);
  return measureWhole(table, contenders, runs, printProgress);
}

async function each<Item, Result>(
  items: readonly Item[],
  measure: (item: Item) => Promise<Result[]>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(...(await measure(item)));
  return results;
}

async function build(): Promise<void> {
  const script = fileURLToPath(new URL("../scripts/build.ts", import.meta.url));
  const { code, output } = await runProgram(process.execPath, ["--disable-warning=ExperimentalWarning", script]);
  if (code !== 0) throw new Error(`The build failed:\n${output}`);
}

function printProgress(text: string): void {
  process.stderr.write(`${text}\n`);
}
