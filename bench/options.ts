import { parseArgs } from "node:util";
import type { ScriptName } from "./contenders/script.ts";

export const SIZES: Readonly<Record<string, number>> = {
  "1k": 1_000,
  "300k": 300_000,
  "3m": 3_000_000,
  "30m": 30_000_000,
};
const PEERS: readonly ScriptName[] = ["polars", "duckdb", "pyspark"];
const SECTIONS = ["whole", "stages", "cold", "shapes", "partitions", "emulator"] as const;

export type Section = (typeof SECTIONS)[number];

export type BenchOptions = {
  readonly sizes: readonly string[];
  readonly runs: number;
  readonly peers: readonly ScriptName[];
  readonly sections: ReadonlySet<Section>;
  readonly output: string | undefined;
  /** A file of figures to print instead of measuring. */
  readonly show: string | undefined;
  readonly build: boolean;
};

export const USAGE = `npm run bench -- [options]
  --sizes 300k,3m,30m       rows of the flights table: ${Object.keys(SIZES).join(", ")}
  --runs 3                  how often everything is run; medians are shown
  --peers polars,duckdb     scripts to compare with: ${PEERS.join(", ")}; none: --peers ""
  --only whole,stages       parts to measure: ${SECTIONS.join(", ")}
  --output FILE             where the figures are written as JSON (default: bench/results/<time>.json)
  --show FILE               print the tables of earlier figures
  --no-build                measure dist/ as it is
Environment: SCOREFRAME_BENCH_CACHE (folder for inputs and runs), SCOREFRAME_BENCH_ENGINE=src (measure the sources, not the build)`;

/** Throws a message for the user. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sizes: { type: "string", default: "300k,3m,30m" },
      runs: { type: "string", default: "3" },
      peers: { type: "string", default: "polars,duckdb" },
      only: { type: "string", default: SECTIONS.join(",") },
      output: { type: "string" },
      show: { type: "string" },
      build: { type: "boolean", default: true },
    },
    allowNegative: true,
  });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs ${values.runs} is not a count.`);
  return {
    sizes: chosen("--sizes", values.sizes, Object.keys(SIZES)),
    runs,
    peers: chosen("--peers", values.peers, PEERS),
    sections: new Set(chosen("--only", values.only, SECTIONS)),
    output: values.output,
    show: values.show,
    build: values.build,
  };
}

function chosen<Name extends string>(option: string, text: string, known: readonly Name[]): Name[] {
  return text
    .split(",")
    .filter((name) => name !== "")
    .map((name) => {
      const found = known.find((each) => each === name);
      if (found === undefined) throw new Error(`${option}: "${name}" is not one of ${known.join(", ")}.`);
      return found;
    });
}
