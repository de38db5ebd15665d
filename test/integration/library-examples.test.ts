import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";

const run = promisify(execFile);
const examples = fileURLToPath(new URL("../../examples/library/", import.meta.url));
const sample = fileURLToPath(new URL("../../fixtures/flights-sample.csv", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-example-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** What the example prints; it writes below the folder in which it is started. */
async function output(example: string): Promise<string> {
  const { stdout } = await run(process.execPath, ["--disable-warning=ExperimentalWarning", join(examples, example)], {
    cwd: folder,
  });
  return stdout;
}

const table = (columns: string) =>
  query(
    `select ${columns} from read_parquet('${folder}/out/late_flights/**/*.parquet', hive_partitioning = true) order by all`,
  );

describe("the examples of the library", () => {
  it("score-array.ts publishes the objects with their predictions", async () => {
    expect(await output("score-array.ts")).toBe("succeeded { input: 3, scored: 3, deadLettered: 0, skipped: 0 }\n");
    expect(await table("flight, delay, delayed, round(probability, 3)::varchar as probability")).toEqual([
      { flight: "AA 301", delay: "61", delayed: true, probability: "0.984" },
      { flight: "DL 7", delay: "-3", delayed: false, probability: "0.133" },
      { flight: "UA 12", delay: "22", delayed: true, probability: "0.625" },
    ]);
  });

  it("score-at-once.ts leaves nothing behind", async () => {
    expect(await output("score-at-once.ts")).toBe("[ 'UA 12', 'AA 301' ]\n");
    expect(await readdir(folder)).toEqual([]);
  });

  it("score-frame.ts keeps the frame's types", async () => {
    expect(await output("score-frame.ts")).toBe("[ 'day=2001-01-01', 'day=2001-01-02' ]\n");
    expect(await table("distinct typeof(distance) as type")).toEqual([{ type: "BIGINT" }]);
  });

  it("async-rows.ts scores every row of the file with its own delay", async () => {
    expect(await output("async-rows.ts")).toBe("2000\n");
    const [counts] = await query(`
      select count(*) as "rows", count(s.id) as same, count(*) filter (delayed = (s.delay - 15 - s.distance / 500 >= 0)) as rightly
      from read_parquet('${folder}/out/late_flights/*.parquet') t
      left join read_csv('${sample}') s on s.id = t.flight and s.delay = t.delay and s.distance = t.distance`);
    expect(counts).toEqual({ rows: "2000", same: "2000", rightly: "2000" });
  });

  it("abort.ts publishes nothing", async () => {
    expect(await output("abort.ts")).toBe("RUN_CANCELLED\n");
    await expect(table("*")).rejects.toThrow("No files found");
  });

  it("own-backend.ts is answered by its own backend", async () => {
    expect(await output("own-backend.ts")).toBe("threshold 2\n");
    expect(await table("flight, delayed")).toEqual([
      { flight: "DL 7", delayed: false },
      { flight: "UA 12", delayed: true },
    ]);
  });

  it("define-job.ts is a job file like any other", async () => {
    await using engine = await createScoreframe({ workspace: join(folder, "runs") });
    const { output: published } = await engine.run(join(examples, "define-job.ts"), {
      set: { day: "2001-01-01", "output.path": join(folder, "out/late_flights") },
    });
    expect(published.partitions).toEqual(["day=2001-01-01"]);
    const [source] = await query(
      `select count(*) as "rows" from read_csv('${sample}') where date::date = '2001-01-01'`,
    );
    expect(await table('count(*) as "rows"')).toEqual([source]);
  });

  it("are all shown in the library's guide and run here", async () => {
    const guide = await readFile(new URL("../../docs/guides/library.md", import.meta.url), "utf8");
    const here = await readFile(fileURLToPath(import.meta.url), "utf8");
    for (const name of await readdir(examples)) {
      expect(guide).toContain(`file=examples/library/${name}\n${await readFile(join(examples, name), "utf8")}\`\`\``);
      expect(here).toContain(`"${name} `);
    }
  });
});
