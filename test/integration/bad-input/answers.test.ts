import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Engine, JobInput, Run } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import { functionBackend } from "../../support/function-backend.ts";
import { query } from "../../support/query.ts";
import type { Fault, Row } from "./support/answering-server.ts";
import { answerTo, prediction, startAnsweringServer } from "./support/answering-server.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";

const ROWS = 60;
const BATCH = 20;
/** The row that the faults are about; it is in the second of three requests. */
const BAD = 33;
const ITS_REQUEST: readonly number[] = Array.from({ length: BATCH }, (_, index) => BATCH + index);

/** Answers of the backend in this process, replaced by each test. */
let answerLine: (rows: readonly Row[]) => string = answerTo;
let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "scoreframe-answers-")));
  engine = await createScoreframe({
    workspace: join(folder, "workspace"),
    backends: [functionBackend("foreign", ({ instances }) => answerLine(instances.map(({ n }) => ({ n: Number(n) }))))],
  });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

function job(backend: JobInput["backend"], changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "answers",
    source: { kind: "sql", sql: `select 'key ' || n as id, n, 'row ' || n as note from range(${ROWS}) t(n)` },
    model: { features: ["n"] },
    requests: { batch_size: BATCH },
    backend,
    output: { path: join(folder, "out") },
    failure: { max_failed_rows: ROWS },
    ...changes,
  };
}

/**
 * Runs a job whose model fails `failed` rows; resolves to what their dead letters say. By DuckDB and by key: those rows and no others are dead
 * letters, whole, and each of the rest has its own prediction.
 */
async function scoreWithout(
  failed: readonly number[],
  backend: JobInput["backend"],
  changes: Partial<JobInput> = {},
): Promise<Reported> {
  const run = await engine.run(job(backend, changes));
  expect(run.ledger).toEqual({ input: ROWS, scored: ROWS - failed.length, deadLettered: failed.length, skipped: 0 });
  expect(await wrongRows(failed)).toEqual([]);
  const letters = await deadLetters(run);
  expect(letters.map(({ n }) => Number(n))).toEqual(failed);
  for (const { n, id, note } of letters) expect([id, note]).toEqual([`key ${n}`, `row ${n}`]);
  const reported = letters.map(({ code, message }) => ({ code, message }) as Reported);
  expect(new Set(reported.map(({ code }) => code)).size).toBe(1);
  return reported[failed.indexOf(BAD)] as Reported;
}

/** Keys that are missing in the table, are there twice, have another row's values, or should not be there. */
function wrongRows(failed: readonly number[]): Promise<Record<string, unknown>[]> {
  return query(`
    with expected as (select n, 'key ' || n as id from range(${ROWS}) t(n) where not list_contains([${failed.join()}]::int[], n)),
      found as (select * from read_parquet('${folder}/out/*.parquet'))
    select coalesce(e.id, f.id) as id from expected e full join found f on f.id = e.id
    where e.id is null or f.id is null or f.key <> e.id or f.score <> e.n * 2 + 0.5 or f.note <> 'row ' || e.n
    union all select id from found group by id having count(*) > 1`);
}

function deadLetters(run: Run): Promise<Record<string, unknown>[]> {
  return query(`select n, id, note, _error_code as code, _error_message as message
    from read_parquet('${run.deadLetter?.path}/*.parquet') order by n`);
}

/** A server that answers wrongly whatever holds the bad row, however small the request. */
async function scoreBySpoiledServer(
  spoil: (rows: readonly Row[]) => Fault,
  failed: readonly number[] = [BAD],
  options: object = {},
): Promise<Reported> {
  const url = await startAnsweringServer((rows) => (rows.some(({ n }) => n === BAD) ? spoil(rows) : null));
  return scoreWithout(failed, { kind: "http", url, ...options });
}

const sparing = (replacement: string) => (rows: readonly Row[]) => ({
  body: answerTo(rows, (row) => (row.n === BAD ? replacement : prediction(row))),
});

describeBadInput(
  "Answers of a server",
  () => [folder],
  (when) => {
    when("an error for the row", () => scoreBySpoiledServer(sparing('{"error":"no such aircraft"}')));

    when("an error for the request", () => scoreBySpoiledServer(() => ({ body: '{"error":"no such aircraft"}' })));

    when("status 400", () => scoreBySpoiledServer(() => ({ status: 400, body: '{"detail":"n is out of range"}' })));

    when("status 500", () =>
      scoreBySpoiledServer(() => ({ status: 500, type: "text/plain", body: "the model threw" })),
    );

    when("something that is not JSON", () => scoreBySpoiledServer(() => ({ body: '{"predictions":[1,' })));

    when("a prediction of another shape", () => scoreBySpoiledServer(sparing("7")));

    when("an empty body", () => scoreBySpoiledServer(() => ({ body: "" })));

    when("`null`", () => scoreBySpoiledServer(() => ({ body: "null" })));

    when("a list where an object is due", () => scoreBySpoiledServer(() => ({ body: "[1,2,3]" })));

    when("another key", () => scoreBySpoiledServer(() => ({ body: '{"outputs":[1,2,3]}' })));

    when("too few predictions", () => scoreBySpoiledServer((rows) => ({ body: answerTo(rows.slice(1)) })));

    when("too many predictions", () => scoreBySpoiledServer((rows) => ({ body: answerTo([...rows, ...rows]) })));

    when("a bare NaN", () => scoreBySpoiledServer(sparing('{"key":"key 33","score":NaN}')));

    when("bytes that are no UTF-8", () =>
      scoreBySpoiledServer(() => ({
        body: Buffer.concat([Buffer.from('{"predictions":["'), Buffer.from([0xc3, 0x28])]),
      })),
    );

    when("10 MB for the row, where 1 MB is the limit", () =>
      scoreBySpoiledServer(sparing(`{"key":"${"x".repeat(10_000_000)}","score":1}`), [BAD], {
        max_response_bytes: 1_000_000,
      }),
    );

    when("predictions that number their rows in another order", () =>
      scoreBySpoiledServer(
        (rows) => ({
          body: answerTo(rows.toReversed(), (row) => `{"index":${rows.indexOf(row)},${prediction(row).slice(1)}`),
        }),
        ITS_REQUEST,
      ),
    );

    when("HTML with status 200, which says nothing of the rows", () =>
      scoreBySpoiledServer(
        () => ({ type: "text/html", body: "<!doctype html>\n<title>Sign in</title>\n<p>Your session has ended." }),
        ITS_REQUEST,
      ),
    );
  },
);

describeBadInput(
  "Responses that are paired by key",
  () => [folder],
  (when) => {
    const keyed = {
      response: { key: { column: "id", at: "key" } },
      output: { path: "", predictions: { key: "varchar", score: "double" } },
    };
    /** A server that answers in another order, and wrongly whatever holds the bad row. */
    const scoreByKey = async (spoil: (row: Row) => string, changes: Partial<JobInput> = {}): Promise<Reported> => {
      const url = await startAnsweringServer((rows) => ({
        body: answerTo(rows.toReversed(), (row) => (row.n === BAD ? spoil(row) : prediction(row))),
      }));
      const output = { ...keyed.output, path: join(folder, "out") };
      return scoreWithout([BAD], { kind: "http", url }, { ...keyed, output, ...changes });
    };

    when("no key", () => scoreByKey(() => '{"score":66.5}'));

    when("a key that was not sent", () => scoreByKey(() => '{"key":"key 7","score":66.5}'));

    when("a key that is null in the table", async () => {
      const sql = `select nullif('key ' || n, 'key ${BAD}') as id, n, 'row ' || n as note from range(${ROWS}) t(n)`;
      const url = await startAnsweringServer(() => null);
      const output = { ...keyed.output, path: join(folder, "out") };
      const run = await engine.run(job({ kind: "http", url }, { ...keyed, output, source: { kind: "sql", sql } }));
      expect(run.ledger).toEqual({ input: ROWS, scored: ROWS - 1, deadLettered: 1, skipped: 0 });
      const [letter] = await deadLetters(run);
      return { code: letter?.["code"], message: letter?.["message"] } as Reported;
    });
  },
);

describeBadInput(
  "Answers of a backend of your own",
  () => [folder],
  (when) => {
    const spoilLine = (spoil: (rows: readonly Row[]) => string, failed = ITS_REQUEST) => {
      answerLine = (rows) => (rows.some(({ n }) => n === BAD) ? spoil(rows) : answerTo(rows));
      return scoreWithout(failed, { kind: "foreign" });
    };

    when("an error for one row", () => spoilLine((rows) => sparing('{"error":"no such aircraft"}')(rows).body, [BAD]));

    when("a line that is not JSON", () => spoilLine(() => '{"predictions":[1,'));

    when("an empty line", () => spoilLine(() => ""));

    when("`null`", () => spoilLine(() => "null"));

    when("another key", () => spoilLine(() => '{"outputs":[1,2,3]}'));

    when("too few predictions", () => spoilLine((rows) => answerTo(rows.slice(1))));

    when("too many predictions", () => spoilLine((rows) => answerTo([...rows, ...rows])));
  },
);

it("a row that is answered with 10 MB keeps them, and the others their own", async () => {
  const url = await startAnsweringServer((rows) =>
    rows.some(({ n }) => n === BAD)
      ? {
          body: answerTo(rows, (row) =>
            row.n === BAD ? `{"key":"${"x".repeat(10_000_000)}","score":1}` : prediction(row),
          ),
        }
      : null,
  );
  const run = await engine.run(job({ kind: "http", url }));
  expect(run.ledger.scored).toBe(ROWS);
  expect(await wrongRows([])).toEqual([{ id: `key ${BAD}` }]);
  expect(await query(`select length(key)::int as length from '${folder}/out/*.parquet' where n = ${BAD}`)).toEqual([
    { length: 10_000_000 },
  ]);
});

it("`null` for a row is a prediction, and no failure", async () => {
  const url = await startAnsweringServer((rows) => sparing("null")(rows));
  const run = await engine.run(job({ kind: "http", url }));
  expect(run.ledger.scored).toBe(ROWS);
  expect(await query(`select id, key, score from '${folder}/out/*.parquet' where key is null`)).toEqual([
    { id: `key ${BAD}`, key: null, score: null },
  ]);
});
