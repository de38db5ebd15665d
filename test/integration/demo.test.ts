import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
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
const sample = fileURLToPath(new URL("../../fixtures/flights-sample.csv", import.meta.url));

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

describe("the demo of an installed package", () => {
  let folder: string;
  let stdout: string;

  /** What the package brings, without the dev dependencies that a checkout has. */
  async function install(): Promise<string> {
    const installed = join(folder, "package");
    const root = fileURLToPath(new URL("../../", import.meta.url));
    for (const part of ["package.json", "src", "models", "fixtures"]) {
      await cp(join(root, part), join(installed, part), { recursive: true });
    }
    await mkdir(join(installed, "node_modules"));
    for (const name of await readdir(join(root, "node_modules"))) {
      if (name === "vega-datasets" || name.startsWith("onnxruntime")) continue;
      await symlink(join(root, "node_modules", name), join(installed, "node_modules", name));
    }
    return join(installed, "src/cli/main.ts");
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "scoreframe-demo-"));
    const program = await install();
    await mkdir(join(folder, "empty"));
    const demo = await run(process.execPath, ["--disable-warning=ExperimentalWarning", program, "demo"], {
      cwd: join(folder, "empty"),
    });
    stdout = demo.stdout;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("scores the flights of the package with a model that needs no other package", async () => {
    expect(stdout).toContain("2,000 rows in = 2,000 scored + 0 dead-lettered + 0 skipped");
    const [compared] = await query(`
      select count(*) as "rows", count(distinct t.id) as ids, count(*) filter (s.delay = t.delay and s.date = t.date) as same
      from read_parquet('${folder}/empty/out/flight_delay_scores/*/*.parquet') t join read_csv('${sample}') s on s.id = t.id`);
    expect(compared).toEqual({ rows: "2000", ids: "2000", same: "2000" });
  });

  it("says what it is, and where the full one is", () => {
    const text = stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain("The full one scores 3,000,000 flights with an ONNX model, from a checkout");
    expect(text).toContain("The model is a small logistic regression that was fitted on these very flights");
  });

  it("writes below the working directory alone, without colours if no terminal shows them", async () => {
    expect((await readdir(folder)).sort()).toEqual(["empty", "package"]);
    expect(stdout).not.toContain("\u001b");
  });
});

it("the demo replaces no foreign file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-demo-"));
  await writeFile(join(folder, "mine.yaml"), "name: mine\n");
  const demo = scoreframe(folder, "demo", "--output", "mine");
  await expect(demo).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("Choose another --output") });
  expect(await readFile(join(folder, "mine.yaml"), "utf8")).toBe("name: mine\n");
  await rm(folder, { recursive: true });
});
