import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Engine, StitchRequest } from "../../../../src/index.ts";
import { createScoreframe } from "../../../../src/index.ts";
import { query } from "../../stages/support/lab.ts";

let engine: Engine;
let base: string;
beforeAll(async () => {
  engine = await createScoreframe({ workspace: mkdtempSync(join(tmpdir(), "workspace-")) });
});
afterAll(() => engine.close());
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "keys-"));
  for (const folder of ["in", "answers"]) mkdirSync(join(base, folder));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Stitches one request file with its answers. */
async function stitch(requests: string, answers: string, changes: Partial<StitchRequest>): Promise<unknown[]> {
  writeFileSync(join(base, "in", "a"), requests);
  writeFileSync(join(base, "answers", "a.out"), answers);
  await engine.stitch({ requests: "in", responses: "answers", output: "out", baseDirectory: base, ...changes });
  return query(`select * exclude (row_id, batch_index) from '${base}/out/*.parquet' order by row_id, batch_index`);
}

const failures = (): Promise<unknown[]> =>
  query(`select id::varchar as id, _error_code as code, _error_message as message
    from read_parquet('${base}/out.dead-letter/*.parquet') order by _row_id, _batch_index`);

const BIG = "9007199254740993";

describe("files that are stitched by key", () => {
  it.each<[string, string, string, Partial<StitchRequest>, string]>([
    [
      "lists of rows",
      `{"instances":[{"id":1},{"id":${BIG}}]}\n{"instances":[{"id":3}]}\n`,
      `{"predictions":[{"id":${BIG},"p":20},{"id":1,"p":10}]}\n{"predictions":[{"id":3,"p":30}]}\n`,
      { key: "id" },
      "p",
    ],
    [
      "lines, over the whole file",
      `{"id":1}\n{"id":${BIG}}\n{"id":3}\n`,
      `{"id":3,"p":30}\n{"p":10,"id":"1"}\n{"id":${BIG},"p":20}\n`,
      { key: "id" },
      "p",
    ],
    [
      "a key elsewhere in the prediction",
      `{"id":1}\n{"id":${BIG}}\n{"id":3}\n`,
      `[30,3]\n[10,1]\n[20,${BIG}]\n`,
      { key: { column: "id", at: "/1" } },
      "prediction",
    ],
    [
      "numbers of rows in their requests",
      `{"instances":[{"id":1},{"id":${BIG}}]}\n{"instances":[{"id":3}]}\n`,
      `{"predictions":[{"index":1,"p":20},{"index":0,"p":10}]}\n{"predictions":[{"index":0,"p":30}]}\n`,
      { index: "index" },
      "p",
    ],
    [
      "numbers of lines in their file",
      `{"id":1}\n{"id":${BIG}}\n{"id":3}\n`,
      `{"p":30,"at":{"line":2}}\n{"p":10,"at":{"line":0}}\n{"p":20,"at":{"line":1}}\n`,
      { index: "/at/line", predictions: "" },
      "p",
    ],
    [
      "tensors",
      `{"inputs":[{"name":"id","shape":[3,1],"datatype":"INT64","data":[1,${BIG},3]}]}\n`,
      `{"outputs":[{"name":"id","shape":[3],"datatype":"INT64","data":[3,1,${BIG}]},{"name":"p","shape":[3],"datatype":"INT64","data":[30,10,20]}]}\n`,
      { key: "id" },
      "p",
    ],
  ])("give each row its own prediction: %s", async (_, requests, answers, changes, name) => {
    const rows = (await stitch(requests, answers, changes)) as Record<string, unknown>[];
    expect(rows.map((row) => [String(row["id"]), Number(row[name])])).toEqual([
      ["1", 10],
      [BIG, 20],
      ["3", 30],
    ]);
    expect(rows.every((row) => !("index" in row) && Object.keys(row).filter((key) => key === "id").length === 1)).toBe(
      true,
    );
  });

  it("take the cells of records", async () => {
    const rows = await stitch("007,a\n8,b\n", "8,0.5\n007,0.25\n", {
      protocol: "csv",
      key: { column: "c0", at: "p0" },
    });
    expect(rows).toEqual([
      { c0: "007", c1: "a", prediction: 0.25 },
      { c0: "8", c1: "b", prediction: 0.5 },
    ]);
  });

  it("lose the rows of lines that cannot be paired, and no others", async () => {
    const rows = await stitch(
      '{"id":1}\n{"id":2}\n{"id":2}\n{"id":4}\n{"id":5}\n{"id":6}\n',
      '{"id":6,"p":60}\n{"id":2,"p":20}\n{"id":2,"p":20}\n{"id":5,"p":50}\n{"id":5,"p":51}\n{"id":9,"p":90}\n',
      { key: "id" },
    );
    expect(rows).toMatchObject([{ id: "6", p: "60" }]);
    const found = (await failures()) as { readonly id: string; readonly code: string; readonly message: string }[];
    expect(found.map(({ id }) => id)).toEqual(["1", "2", "2", "4", "5"]);
    expect(found.every(({ code }) => code === "ECHOED_ID_MISMATCH")).toBe(true);
    expect(found.map(({ message }) => /response.key: (.*?)\. Each/.exec(message)?.[1])).toEqual([
      "the row with the key 1 has no prediction",
      "the key 2 is that of several rows",
      "the key 2 is that of several rows",
      "the row with the key 4 has no prediction",
      "the key 5 has several predictions",
    ]);
  });

  it("lose all rows of a list with a key of another line", async () => {
    const rows = await stitch(
      '{"instances":[{"id":1},{"id":2}]}\n{"instances":[{"id":3},{"id":4}]}\n',
      '{"predictions":[{"id":2,"p":20},{"id":1,"p":10}]}\n{"predictions":[{"id":4,"p":40},{"id":1,"p":10}]}\n',
      { key: "id" },
    );
    expect(rows).toMatchObject([{ p: "10" }, { p: "20" }]);
    expect(await failures()).toMatchObject([{ id: "3" }, { id: "4", code: "ECHOED_ID_MISMATCH" }]);
  });

  it("are rejected if requests have no such column, or two ways are given", async () => {
    const files = ['{"id":1}\n', '{"id":1,"p":1}\n'] as const;
    await expect(stitch(...files, { key: "ident" })).rejects.toThrow(
      'have no column "ident" to pair predictions by. They have: "id".',
    );
    await expect(stitch(...files, { key: "id", index: "index" })).rejects.toThrow(
      "index cannot be given together with key",
    );
  });
});
