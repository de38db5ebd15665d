import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DemoDocument } from "../../src/cli/demo/run-demo.ts";
import { query } from "../support/query.ts";

const run = promisify(execFile);
const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const flights = fileURLToPath(new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));

const scoreframe = (cwd: string, ...args: string[]) =>
  run(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...args], { cwd, maxBuffer: 1e8 });

describe("the demo of a checkout", () => {
  const rows = 30_000;
  let folder: string;
  let document: DemoDocument;
  let stderr: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scoreframe-demo-"));
    const demo = await scoreframe(folder, "demo", "--rows", String(rows), "--json");
    document = JSON.parse(demo.stdout) as DemoDocument;
    stderr = demo.stderr;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("publishes each flight once, with the probability of its own features", async () => {
    const [counts] = await query(`
      select count(*) as "rows", count(distinct t.id) as ids, count(s.place) as same
      from read_parquet('${folder}/out/flight_delay_scores/*/*.parquet', hive_partitioning = true) t
      left join (select *, file_row_number as place from read_parquet('${flights}', file_row_number = true)) s
        on s.place = t.id and (s.date, s.origin, s.destination, s.distance, s.delay) = (t.date, t.origin, t.destination, t.distance, t.delay)
        and hour(s.date) = t.hour and isodow(s.date) = t.weekday`);
    expect(counts).toEqual({ rows: String(rows), ids: String(rows), same: String(rows) });
  });

  it("answers as scikit-learn does where the same question is among the model's expected answers", async () => {
    const path = fileURLToPath(new URL("../../models/flights-expected.json", import.meta.url));
    const expected = JSON.parse(await readFile(path, "utf8")) as { tolerance: number };
    const [compared] = await query(`
      with pairs as (select unnest("rows") as flight, unnest(predictions) as answer from read_json('${path}', maximum_object_size = 10000000)),
        expected as (select flight.*, answer.probabilities[2] as probability from pairs)
      select count(*) > 0 as some, coalesce(bool_and(abs(p.probabilities[2] - e.probability) <= ${expected.tolerance}), false) as alike
      from expected e join read_parquet('${folder}/out/flight_delay_scores/*/*.parquet') p
        using (origin, destination, distance, hour, weekday)`);
    expect(compared).toEqual({ some: true, alike: true });
  });

  it("verifies the published table against the source and reports what it found", () => {
    const { report, verification, error } = document;
    expect(report.ledger).toEqual({ input: rows, scored: rows, dead_lettered: 0, skipped: 0 });
    expect(verification).toMatchObject({ source_rows: rows, table_rows: rows, distinct_ids: rows, ok: true });
    expect(error).toBeNull();
  });

  it("draws its picture from all rows of the table", () => {
    expect(document.hours.length).toBeGreaterThan(20);
    const flightsDrawn = document.hours.map(({ flights: count }) => count);
    const steps = document.hours.map(({ histogram }) => histogram.reduce((sum, count) => sum + count, 0));
    expect(steps).toEqual(flightsDrawn);
    expect(flightsDrawn.reduce((sum, count) => sum + count, 0)).toBe(rows);
  });

  it("leaves progress to stderr and one document on stdout", () => {
    expect(stderr).toContain("publish: 30,000 rows");
  });

  it("names commands that work where it was started", async () => {
    expect(document.next).toHaveLength(3);
    for (const command of document.next) {
      const [, words] = command.split("npm run -s scoreframe -- ");
      await expect(scoreframe(folder, ...(words ?? "").split(" "))).resolves.toBeDefined();
    }
  });

  it("is repeated into the same table, nothing doubled", async () => {
    const { stdout } = await scoreframe(folder, "demo", "--rows", "1000", "--quiet");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "1,000 rows there, 1,000 here with 1,000 different ids; 0 missing",
    );
  });

  it("writes nothing but the table, its job and its runs below the working directory", async () => {
    expect((await readdir(folder)).sort()).toEqual([".scoreframe", "out"]);
    expect((await readdir(join(folder, "out"))).sort()).toEqual(["flight_delay_scores", "flight_delay_scores.yaml"]);
  });
});

it("the demo replaces no file of somebody else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-demo-"));
  await writeFile(join(folder, "mine.yaml"), "name: mine\n");
  const demo = scoreframe(folder, "demo", "--output", "mine");
  await expect(demo).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("Choose another --output") });
  expect(await readFile(join(folder, "mine.yaml"), "utf8")).toBe("name: mine\n");
  await rm(folder, { recursive: true });
});
