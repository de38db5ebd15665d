import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Engine, JobInput } from "../../../src/index.ts";
import { createScoreframe } from "../../../src/index.ts";
import type { AnswerLine } from "../../support/function-backend.ts";
import { functionBackend } from "../../support/function-backend.ts";
import { query } from "../../support/query.ts";

type Request = Parameters<AnswerLine>[0];

/** The text of each response line, given the request of that line and the one before it; replaced by each test. */
let answer: (request: Request, former: Request) => unknown;
let former: Request = { instances: [] };
let engine: Engine;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "scoreframe-joined-"));
  const respond: AnswerLine = (request) => {
    const line = JSON.stringify(answer(request, former));
    former = request;
    return line;
  };
  engine = await createScoreframe({
    workspace: join(folder, "workspace"),
    backends: [functionBackend("joining", respond, undefined, { joined: true })],
  });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const ROWS = 30;
const job = (): JobInput => ({
  name: "joined",
  source: { kind: "sql", sql: `select x::int as a, 'row ' || x as note from range(${ROWS}) t(x)` },
  model: { features: ["a"] },
  requests: { batch_size: 5 },
  backend: { kind: "joining" },
  output: { path: join(folder, "out") },
  failure: { max_failed_rows: ROWS - 1 },
});

const outputOf = ({ instances }: Request) => ({ predictions: instances.map(({ a }) => Number(a) * 2) });
const table = () => query(`select a, prediction::int as p from '${folder}/out/*.parquet' order by a`);

describe("response lines that hold their requests", () => {
  it("are taken apart, and each row gets its own prediction", async () => {
    answer = (request) => ({ ...request, SageMakerOutput: outputOf(request) });
    await engine.run(job());
    expect(await table()).toEqual(Array.from({ length: ROWS }, (_, a) => ({ a, p: a * 2 })));
  });

  it.each<[string, (request: Request, former: Request) => unknown]>([
    ["another request", (_, other) => ({ ...other, SageMakerOutput: outputOf(other) })],
    ["no request", (request) => ({ SageMakerOutput: outputOf(request) })],
  ])("fail the rows of a line that holds %s, and no others", async (_, spoil) => {
    answer = (request, other) =>
      request.instances.some(({ a }) => Number(a) === 12)
        ? spoil(request, other)
        : { ...request, SageMakerOutput: outputOf(request) };
    const run = await engine.run(job());
    expect(run.ledger).toMatchObject({ scored: 25, deadLettered: 5 });
    expect((await table()).map(({ a, p }) => Number(p) === Number(a) * 2)).toEqual(new Array(25).fill(true));
    const failed = await query(
      `select a, _error_code as code, _error_message as message from '${run.deadLetter?.path}/*.parquet' order by a`,
    );
    expect(failed.map(({ a }) => a)).toEqual([10, 11, 12, 13, 14]);
    expect(failed[0]).toMatchObject({
      code: "ECHOED_ID_MISMATCH",
      message: expect.stringContaining("was joined with another request than that of its line"),
    });
  });
});
