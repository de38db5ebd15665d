import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { createS3Client } from "../../../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../../src/adapters/object-store/s3-object-store.ts";
import { query } from "../../../support/query.ts";

const sample = fileURLToPath(new URL("../../../../fixtures/flights-sample.csv", import.meta.url));
const model = new URL("../../../../models/flights-logistic.js", import.meta.url);
const weights = fileURLToPath(new URL("../../../../models/flights-logistic.json", import.meta.url));

/** How the table that examples/aws/job.yaml publishes compares with the sample, row by row. */
export type Comparison = {
  readonly source: number;
  readonly table: number;
  /** Rows of the table that are a row of the source, all of its columns equal. */
  readonly same: number;
  /** Rows whose prediction is what the model itself says of that row. */
  readonly right: number;
  readonly partitions: number;
};

/** Reads the table by its manifest, from the S3 of this process's environment. */
export async function compareDemoTable(): Promise<Comparison> {
  const folder = await mkdtemp(join(tmpdir(), "demo-table-"));
  try {
    await download(folder);
    const rows = await query(`
      select t.*, s.id is not null as same
      from read_parquet('${folder}/*/**/*.parquet', hive_partitioning = true) t
      left join read_csv('${sample}') s on s.id = t.id
        and (s.date, s.delay, s.distance, s.origin, s.destination) = (t.date, t.delay, t.distance, t.origin, t.destination)
        and hour(s.date) = t.hour and isodow(s.date) = t.weekday and strftime(s.date, '%Y-%m') = t.month`);
    const [{ source } = { source: 0 }] = await query(`select count(*)::int as source from read_csv('${sample}')`);
    const said = await answers(rows);
    return {
      source: Number(source),
      table: rows.length,
      same: rows.filter(({ same }) => same === true).length,
      right: rows.filter(({ label, probabilities }, at) => isAnswer({ label, probabilities }, said[at])).length,
      partitions: new Set(rows.map(({ month }) => month)).size,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(folder: string): Promise<void> {
  const store = createS3ObjectStore(createS3Client(), "s3://scoreframe-demo/tables/flight_delays");
  const manifest = JSON.parse((await store.readText("_manifest.json"))?.text ?? "{}") as { files: { path: string }[] };
  for (const { path } of manifest.files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await store.download(path, join(folder, path));
  }
}

type Answer = { readonly label: unknown; readonly probabilities: unknown };

async function answers(rows: readonly Record<string, unknown>[]): Promise<Answer[]> {
  const { default: flights } = (await import(model.href)) as {
    default: { load(context: object): Promise<unknown>; predict(rows: readonly object[], weights: unknown): Answer[] };
  };
  const features = rows.map(({ distance, hour, weekday }) => ({
    distance: Number(distance),
    hour: Number(hour),
    weekday: Number(weekday),
  }));
  return flights.predict(features, await flights.load({ directory: dirname(weights) }));
}

function isAnswer(found: Answer, said: Answer | undefined): boolean {
  const [a, b] = [found.probabilities, said?.probabilities] as [number[], number[] | undefined];
  return Number(found.label) === said?.label && a.length === 2 && a.every((value, at) => value === b?.[at]);
}
