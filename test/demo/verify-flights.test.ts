import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withFlights } from "../../src/demo/flights-database.ts";
import { verifyFlights } from "../../src/demo/verify-flights.ts";
import { query } from "../support/query.ts";

const table = fileURLToPath(new URL("../../fixtures/flights-sample.csv", import.meta.url));
const flights = { kind: "sample", table, model: "", modelNote: "", idExpression: "id" } as const;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-verify-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Verifies a table of the sample's flights, each with an answer that its features give, spoiled by a query over `good`. */
async function verify(name: string, spoil: string) {
  const output = join(folder, name);
  await query(`
    copy (
      with good as (
        select *, strftime(date, '%Y-%m-%d') as ds,
          [0, (hash(origin, destination, distance, hour(date), isodow(date)) % 1000) / 1000] as probabilities
        from read_csv('${table}')
      )
      ${spoil}
    ) to '${output}' (format parquet, partition_by (ds))`);
  return withFlights({ flights, rows: null, output }, verifyFlights);
}

describe("the demo's proof", () => {
  it("holds for a table that is the source with predictions", async () => {
    expect(await verify("good", "from good")).toMatchObject({
      ok: true,
      source_rows: 2000,
      table_rows: 2000,
      changed_rows: 0,
    });
  });

  it.each([
    ["a lost row", "from good where id <> 1970", { missing_rows: 1 }],
    ["a doubled row", "from good union all from good where id = 1970", { table_rows: 2001, distinct_ids: 2000 }],
    [
      "a lost row that a doubled one hides from the count",
      "from good where id <> 1970 union all from good where id = 4612",
      { table_rows: 2000, missing_rows: 1 },
    ],
    ["a foreign row", "select * replace (if(id = 1970, -1, id) as id) from good", { surplus_rows: 1, missing_rows: 1 }],
    ["a changed value", "select * replace (if(id = 1970, delay + 1, delay) as delay) from good", { changed_rows: 1 }],
    [
      "a row without a prediction",
      "select * replace (if(id = 1970, null, probabilities) as probabilities) from good",
      { unscored_rows: 1 },
    ],
  ])("fails for %s", async (name, spoil, found) => {
    expect(await verify(name.replaceAll(" ", "-"), spoil)).toMatchObject({ ok: false, ...found });
  });

  it("fails where every row has its neighbour's prediction, which no count shows", async () => {
    const shifted =
      "select * replace (coalesce(lag(probabilities) over (order by id), [0, 0]) as probabilities) from good";
    const { ok, contradictory_groups: contradictions, ...counts } = await verify("shifted", shifted);
    expect(counts).toMatchObject({ table_rows: 2000, missing_rows: 0, changed_rows: 0, unscored_rows: 0 });
    expect(ok).toBe(false);
    expect(contradictions).toBeGreaterThan(0);
  });
});
