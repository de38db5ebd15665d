import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { ScoreframeError } from "../core/errors/scoreframe-error.ts";
import { makeFolder } from "../core/util/make-folder.ts";
import type { DemoFlights } from "./demo-flights.ts";

const HEADER = "# Written by `scoreframe demo`, which overwrites it: copy it to change it.";

export type DemoJob = {
  readonly flights: DemoFlights;
  /** Rows from the beginning of the table; null takes all. */
  readonly rows: number | null;
  /** Absolute path of the table. */
  readonly output: string;
};

/** Writes the job file next to the table and returns its absolute path. Throws USAGE instead of replacing a file that the demo did not write. */
export async function writeDemoJob(job: DemoJob): Promise<string> {
  const path = `${job.output}.yaml`;
  if (existsSync(path) && !readFileSync(path, "utf8").startsWith(HEADER)) {
    throw new ScoreframeError(
      "USAGE",
      `${path} exists and was not written by the demo, which would put its job there. Choose another --output.`,
    );
  }
  await makeFolder(dirname(path));
  const near = (target: string): string => relative(dirname(path), target).replaceAll("\\", "/");
  const backend = `  kind: local\n  model: ${JSON.stringify(near(job.flights.model))}`;
  const text = demoJobText({ ...job, table: near(job.flights.table), backend, output: near(job.output) });
  writeFileSync(path, `${HEADER}\n${text}`);
  return path;
}

export type DemoJobText = {
  readonly flights: Pick<DemoFlights, "idExpression">;
  readonly rows: number | null;
  /** As the job file writes it. */
  readonly table: string;
  /** Lines of YAML, indented. */
  readonly backend: string;
  readonly output: string;
};

/** The job of both demos, with any table, model and output. */
export function demoJobText({ flights, rows, table, backend, output }: DemoJobText): string {
  return `name: flight-delay-scores
source:
  kind: sql
  tables:
    flights: ${JSON.stringify(table)}
  sql: |
    select
      ${flights.idExpression} as id,
      date, origin, destination, distance, delay,
      hour(date) as hour,
      isodow(date) as weekday,
      strftime(date, '%Y-%m-%d') as ds
    from flights${rows === null ? "" : `\n    limit ${rows}`}
model:
  features: [origin, destination, distance, hour, weekday]
requests:
  batch_size: 500
backend:
${backend}
output:
  path: ${JSON.stringify(output)}
  partition_by: [ds]
  predictions: { label: int64, probabilities: list<double> }
`;
}
