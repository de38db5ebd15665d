import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { query } from "../support/query.ts";

let folder: string;
let engine: Engine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-numbers-"));
  // What JavaScript does with the values that arrive: a text would be appended, and not added.
  const model = `const add = (a, b) => (typeof a === "bigint" ? Number(a) + b : a + b);
export default { predict: (rows) => rows.map(({ a, b }) => ({ kind: typeof a, sum: add(a, typeof b === "object" ? Number(b.price) : b) })) };
`;
  await writeFile(join(folder, "model.mjs"), model);
  engine = await createScoreframe({ workspace: join(folder, "runs") });
});
afterAll(async () => {
  await engine?.close();
  await rm(folder, { recursive: true, force: true });
});

const job = (sql: string, protocol = "instances"): JobInput =>
  ({
    name: "numbers",
    source: { kind: "sql", sql },
    model: { features: ["a", "b"], protocol },
    backend: { kind: "local", model: "model.mjs" },
    output: { path: join(folder, "out") },
  }) as JobInput;

async function scored(sql: string, protocol?: string): Promise<{ rows: unknown[]; warnings: string[] }> {
  const warnings: string[] = [];
  const onEvent = (event: RunEvent): void => void (event.type === "warning" && warnings.push(event.message));
  await engine.run(job(sql, protocol), { baseDirectory: folder, onEvent });
  return {
    rows: await query(
      `select typeof(a) as type, a::varchar as a, kind, sum::double as sum from '${folder}/out/*.parquet'`,
    ),
    warnings,
  };
}

describe("a local model gets numbers for", () => {
  it.each(["instances", "dataframe_split", "json_lines", "open_inference"])(
    "sums and decimals in %s",
    async (protocol) => {
      const sum = await scored("select sum(i) as a, 3 as b from range(10) r(i)", protocol);
      expect(sum.rows).toEqual([{ type: "BIGINT", a: "45", kind: "number", sum: 48 }]);
      const decimal = await scored("select 1290.50::decimal(18, 2) as a, 1::decimal(4, 1) as b", protocol);
      expect(decimal.rows).toEqual([{ type: "DECIMAL(18,2)", a: "1290.50", kind: "number", sum: 1291.5 }]);
      expect([...sum.warnings, ...decimal.warnings]).toEqual([]);
    },
  );

  it("digits that no double holds, and a warning names the column and the cast", async () => {
    const sql = "select 12345678901234567.8901::decimal(38, 4) as a, 1 as b";
    const { rows, warnings } = await scored(sql);
    expect(rows).toEqual([
      { type: "DECIMAL(38,4)", a: "12345678901234567.8901", kind: "number", sum: 12345678901234568 },
    ]);
    const message = expect.stringContaining(
      'The feature "a" is DECIMAL(38,4) and has values that a double cannot hold, such as 12345678901234567.8901.',
    );
    expect(warnings).toEqual([message]);
    expect(warnings[0]).toContain("CAST(a AS DOUBLE)");
    const { items, ok } = await engine.check(job(sql), { baseDirectory: folder });
    expect(ok).toBe(true);
    expect(items.filter(({ name }) => name === "features")).toEqual([
      { name: "features", status: "warning", detail: message },
    ]);
  });

  it.each(["99999999999999.9999::decimal(18, 4)", `${"9".repeat(38)}::decimal(38, 0)`])(
    "%s, which a double rounds up",
    async (sql) => {
      const { rows, warnings } = await scored(`select ${sql} as a, 0 as b`);
      expect(rows).toMatchObject([{ a: sql.replace(/::.*/, "") }]);
      expect(warnings).toEqual([expect.stringContaining("has values that a double cannot hold, such as 9999")]);
    },
  );

  it("sums of more than 64 bits, and a warning", async () => {
    const { rows, warnings } = await scored(
      "select sum(i * 4611686018427387904::hugeint + 1) as a, 0.5 as b from range(5) r(i)",
    );
    expect(rows).toMatchObject([
      { type: "DECIMAL(38,0)", a: "46116860184273879045", kind: "bigint", sum: 4.611686018427388e19 },
    ]);
    expect(warnings).toEqual([
      expect.stringContaining('The column "a" holds whole numbers of more than 64 bits'),
      expect.stringContaining('The feature "a" is DECIMAL(38,0) and has values that a double cannot hold'),
    ]);
  });

  it("decimals inside of objects as text, and a warning", async () => {
    const { rows, warnings } = await scored("select 1 as a, {'price': 1.50::decimal(4, 2)} as b");
    expect(rows).toMatchObject([{ kind: "number", sum: 2.5 }]);
    expect(warnings).toEqual([
      'The feature "b" has decimals inside of objects, which are sent as text. If the model wants numbers, cast them to DOUBLE in the SQL.',
    ]);
  });
});
