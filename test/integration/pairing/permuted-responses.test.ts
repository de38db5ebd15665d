import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExactJson, ExactObject } from "../../../src/core/json/exact-json.ts";
import { stringifyExact } from "../../../src/core/json/exact-json.ts";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import type { KeyedJobs, KeyedRun } from "./support/keyed-job.ts";
import { createKeyedJobs } from "./support/keyed-job.ts";
import type { Answer } from "./support/keyed-server.ts";
import { startKeyedServer } from "./support/keyed-server.ts";

let jobs: KeyedJobs;
beforeAll(async () => {
  jobs = await createKeyedJobs();
});
afterAll(() => jobs.close());

const PROTOCOLS: readonly ProtocolId[] = [
  "instances",
  "records",
  "dataframe_records",
  "dataframe_split",
  "json_lines",
  "csv",
  "open_inference",
];
const SEEDS = [1, 2, 3, 4];
const ROWS = 200;
/** Every seventh key is that of two rows, next to each other or far away. */
const TABLE = `select x::int as a, case when x % 7 = 0 then 'k' || x % 70 else 'k' || x end as id, hash(x)::varchar as note from range(${ROWS}) t(x)`;
/** Rows that every server rejects. */
const BAD = [17, 18, 99];

/** Numbers from 0 to 1, the same for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function shuffled<T>(values: readonly T[], next: () => number): T[] {
  return values
    .map((value) => [next(), value] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, value]) => value);
}

function numberOf(row: ExactObject): number {
  const value = row["a"] as ExactJson;
  return Number(typeof value === "string" ? value : stringifyExact(value));
}

const predict = (row: ExactObject): ExactObject =>
  ({ id: row["id"], score: numberOf(row) * 31 + 7, label: `l${numberOf(row)}` }) as never;

const inOrder: Answer = (rows) =>
  rows.some((row) => BAD.includes(numberOf(row))) ? { status: 422, body: "a row is bad" } : rows.map(predict);

/** Answers in any order, and at times with what a broken server has: a response to other rows, a row too few or twice, an error that passes. */
function unruly(seed: number): Answer {
  const next = random(seed);
  let former: readonly ExactObject[] = [];
  return (rows, body) => {
    const right = inOrder(rows, body);
    if ("status" in right) return right;
    const predictions = shuffled(right, next);
    const [stale, first, chance] = [former, predictions[0] as ExactObject, next()];
    former = predictions;
    if (chance < 0.02) return { status: 503, body: "busy" };
    if (rows.length === 1) return predictions;
    if (chance < 0.1) return { status: 500, body: "out of memory" };
    if (chance < 0.15 && stale.length === rows.length) return stale;
    if (chance < 0.2) return predictions.slice(1);
    if (chance < 0.25) return [...predictions.slice(1), predictions.at(-1) as ExactObject];
    if (chance < 0.3) return [...predictions.slice(1), { ...first, id: "k-none" }];
    return predictions;
  };
}

async function scored(protocol: ProtocolId, answer: Answer): Promise<KeyedRun> {
  const server = await startKeyedServer(protocol, answer);
  return jobs.run(server.url, TABLE, {
    model: { protocol, features: ["a", "id"] },
    requests: { batch_size: 16, file_size_mb: 0.002 },
    backend: { kind: "http", url: server.url, max_attempts: 8, concurrency: 4 },
    response: { key: protocol === "csv" ? { column: "id", at: "p0" } : "id" },
    failure: { max_failed_rows: BAD.length },
  });
}

describe("a server that answers in any order, with faults", () => {
  it.each(PROTOCOLS)("makes value for value the table of one that answers in order: %s", async (protocol) => {
    const expected = await scored(protocol, inOrder);
    expect(expected.message).toBe("");
    expect(expected.rows).toHaveLength(ROWS - BAD.length);
    for (const seed of SEEDS) {
      const run = await scored(protocol, unruly(seed));
      expect({ seed, message: run.message }).toEqual({ seed, message: "" });
      expect(run.rows).toEqual(expected.rows);
    }
  });
});
