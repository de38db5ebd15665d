import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { ModelServer as LocalServer } from "../../src/backends/local/server/model-server.ts";
import { startModelServer as startLocalServer } from "../../src/backends/local/server/model-server.ts";
import { PROTOCOLS } from "../../src/core/protocols/protocols.ts";
import type { SagemakerEmulator } from "../../src/emulators/index.ts";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";
import type { Engine, JobInput, ProtocolId, RunEvent } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import type { ModelRow } from "../../src/model.ts";
import { modelOf } from "../backends/local/served.ts";
import { query } from "../support/query.ts";
import { newBucket } from "./support/buckets.ts";
import type { Answer, ModelServer } from "./support/model-server.ts";
import { startModelServer } from "./support/model-server.ts";
import { s3ServerFor } from "./support/s3-servers.ts";
import { createServedModel } from "./support/sagemaker-target.ts";

type Lab = { readonly folder: string; readonly engine: Engine; readonly local: LocalServer; readonly own: ModelServer };

/** What the container of the model `own` does; replaced by each test. */
let answer: Answer;
let events: RunEvent[];
let opened: (Lab & { readonly emulator: SagemakerEmulator }) | undefined;
let lab: Lab;

/** One emulator for all tests: `local` is our own model server as its container, `own` is what `answer` says. */
async function open(context: TestContext): Promise<Lab> {
  const { endpoint } = s3ServerFor(context, "ministack");
  const { name } = await newBucket(context, "ministack");
  const folder = await mkdtemp(join(tmpdir(), "sagemaker-protocols-"));
  const local = await startLocalServer({ host: "127.0.0.1", port: 0, bodyLimit: 10_000_000, log: () => undefined });
  local.serve(modelOf((rows) => rows.map(({ id, text }: ModelRow) => ({ score: id, said: text }))));
  const own = await startModelServer((body, headers) => answer(body, headers));
  const emulator = await createSagemakerEmulator({
    s3Endpoint: endpoint,
    settings: { latency: { start: 0, stop: 0 } },
  });
  process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = emulator.url;
  await createServedModel(local.url, "local");
  await createServedModel(own.url, "own");
  const engine = await createScoreframe({ workspace: `s3://${name}/scoring` });
  opened = { folder, engine, local, own, emulator };
  return opened;
}

beforeEach(async (context) => {
  lab = opened ?? (await open(context));
  events = [];
});
afterAll(async () => {
  if (opened === undefined) return;
  await opened.engine.close();
  await opened.emulator.close();
  await opened.local.close();
  opened.own.close();
  await rm(opened.folder, { recursive: true, force: true });
});

const TEXTS = ["plain", 'a "quote", a comma', "back\\slash", "{[}]", "\u2028 日本 🦊", ""];
const ROWS = TEXTS.map((text, at) => ({ id: String(2n ** 60n + BigInt(at)), text }));
const SQL = ROWS.map(({ id, text }) => `(${id}::bigint, '${text}', ${id}::bigint % 10)`).join(", ");

function job(protocol: ProtocolId, backend: Record<string, unknown>, changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "texts",
    source: { kind: "sql", tables: {}, sql: `select * from (values ${SQL}) t(id, text, kept)` },
    model: { features: ["id", "text"], protocol },
    requests: { batch_size: 2, file_size_mb: 0.0005 },
    backend: { kind: "sagemaker", model_name: "own", poll_interval_s: 0.05, price_per_hour: 1, ...backend },
    output: { path: join(lab.folder, "out") },
    ...changes,
  } as JobInput;
}

const tryRun = (input: JobInput) => lab.engine.tryRun(input, { onEvent: (event) => void events.push(event) });
const table = (columns = "score::varchar as score, said"): Promise<unknown[]> =>
  query(`select id::varchar as id, text, ${columns} from '${lab.folder}/out/*.parquet' order by id`);
const EXPECTED = ROWS.map(({ id, text }) => ({ id, text, score: id, said: text }));

describe("through SageMaker, a real model server gets and answers", () => {
  it.each(["instances", "dataframe_split", "dataframe_records", "records", "json_lines", "open_inference"] as const)(
    "%s",
    async (protocol) => {
      const { error, report } = await tryRun(job(protocol, { model_name: "local" }));
      expect(error).toBeNull();
      expect(report.requests).toBe(protocol === "json_lines" ? 6 : 3);
      expect(await table()).toEqual(EXPECTED);
    },
  );

  it("many lines of json_lines at once", async () => {
    expect((await tryRun(job("json_lines", { model_name: "local", batch_strategy: "multi_record" }))).error).toBeNull();
    expect(await table()).toEqual(EXPECTED);
  });
});

describe("csv", () => {
  /** A container that takes rows and no line of names, as SageMaker's built-in algorithms do, and gives them back. */
  const echo: Answer = (body) => ({ body: body.trimEnd() });
  const cells = "p0::varchar as score, p1 as said";

  it.each(["single_record", "multi_record"])("goes without a line of names, with %s", async (batch_strategy) => {
    answer = echo;
    expect((await tryRun(job("csv", { batch_strategy }))).error).toBeNull();
    expect(await table(cells)).toEqual(EXPECTED);
  });

  it("is rejected with a line of names, which would be a record, before anything is sent", async () => {
    const before = lab.own.invocations();
    await expect(tryRun(job("csv", {}, { requests: { csv_header: true } }))).rejects.toMatchObject({
      code: "JOB_INVALID",
      message: expect.stringContaining("requests.csv_header cannot be true with the backend sagemaker"),
      facts: { option: "requests.csv_header" },
    });
    expect(lab.own.invocations()).toBe(before);
  });

  it("makes a dead letter of a text with a line break, which would be two records", async () => {
    answer = echo;
    const source = {
      kind: "sql",
      tables: {},
      sql: "select * from (values (1, 'a\nb'), (2, 'c')) t(id, text)",
    } as const;
    const { report } = await tryRun(job("csv", {}, { source, failure: { max_failed_rows: 1 } }));
    expect(report.ledger).toMatchObject({ scored: 1, dead_lettered: 1 });
    expect(await table(cells)).toEqual([{ id: "2", text: "c", score: "2", said: "c" }]);
  });

  it("submits nothing if no row can be sent: SageMaker rejects an empty prefix", async () => {
    const source = { kind: "sql", tables: {}, sql: "select * from (values (1, 'a\nb')) t(id, text)" } as const;
    const { error, report } = await tryRun(job("csv", {}, { source, failure: { max_failed_rows: 1 } }));
    expect(error).toBeNull();
    expect(report.ledger).toMatchObject({ scored: 0, dead_lettered: 1 });
    expect(events.filter((event) => event.type === "note" && event.message.startsWith("Transform job"))).toEqual([]);
  });

  it("says so if the container takes the first row for a line of names", async () => {
    const { error } = await tryRun(job("csv", { model_name: "local" }));
    expect(error?.code).toBe("TOO_MANY_FAILED_ROWS");
    expect(error?.message).toContain("SageMaker sends rows without a line of names");
  });
});

describe("an invocation", () => {
  it.each(Object.values(PROTOCOLS).map(({ id, contentType, accept }) => [id, contentType, accept] as const))(
    "of %s has its Content-Type and Accept, and one line",
    async (protocol, contentType, accept) => {
      const seen = new Set<string>();
      answer = (body, headers) => {
        seen.add(`${headers?.["content-type"]} ${headers?.accept} ${body.trimEnd().split("\n").length}`);
        return { status: 400, body: "that is all" };
      };
      await tryRun(job(protocol, {}));
      expect([...seen]).toEqual([`${contentType} ${accept} 1`]);
    },
  );

  it.each(["instances", "open_inference"] as const)("of %s carries the parameters of the model", async (protocol) => {
    const bodies: string[] = [];
    answer = (body) => {
      bodies.push(body);
      return { status: 400, body: "that is all" };
    };
    await tryRun(job(protocol, {}, { model: { features: ["id"], protocol, params: { threshold: 0.5 } } }));
    expect(bodies.length).toBeGreaterThan(0);
    for (const body of bodies) expect(body).toContain(`"${PROTOCOLS[protocol].paramsKey}":{"threshold":0.5}`);
  });

  it("of several documents is warned of, and a container that cannot read them says so", async () => {
    const { error } = await tryRun(
      job("instances", { model_name: "local", batch_strategy: "multi_record" }, { requests: { batch_size: 1 } }),
    );
    expect(error?.code).toBe("TRANSFORM_JOB_FAILED");
    expect(events).toContainEqual({
      type: "warning",
      message: expect.stringContaining("several JSON documents in one request"),
    });
  });
});

describe("filters and joins", () => {
  /** Twice the id of each row, in the form that the test asks for. */
  const ids = (body: string): string[] => [...body.matchAll(/"id":(\d+)/g)].map(([, id]) => id as string);

  it("input_filter takes the envelope off", async () => {
    answer = (body) => {
      expect(body).toMatch(/^\[\{"id":/);
      return { body: JSON.stringify({ predictions: ids(body) }) };
    };
    expect((await tryRun(job("instances", { input_filter: "$.instances" }))).error).toBeNull();
    expect(await table("prediction")).toEqual(ROWS.map((row) => ({ ...row, prediction: row.id })));
  });

  it("output_filter finds the predictions in an answer of another form", async () => {
    answer = (body) => ({ body: JSON.stringify({ meta: 1, data: { predictions: ids(body) } }, null, 2) });
    expect((await tryRun(job("instances", { output_filter: "$.data" }))).error).toBeNull();
    expect(await table("prediction")).toEqual(ROWS.map((row) => ({ ...row, prediction: row.id })));
  });

  it("join_source is understood if output_filter chooses what is the answer", async () => {
    answer = (body) => ({ body: JSON.stringify({ predictions: ids(body) }) });
    const joined = { join_source: "input", output_filter: "$.SageMakerOutput" };
    expect((await tryRun(job("instances", joined))).error).toBeNull();
    expect(await table("prediction")).toEqual(ROWS.map((row) => ({ ...row, prediction: row.id })));
    answer = () => ({ body: "0.5" });
    const both = { join_source: "input", output_filter: "$['id','SageMakerOutput']" };
    const output = { path: join(lab.folder, "out"), prefix: "m_" };
    expect((await tryRun(job("json_lines", both, { output }))).error).toBeNull();
    expect(await table("m_id::varchar as echoed, m_SageMakerOutput as score")).toEqual(
      ROWS.map((row) => ({ ...row, echoed: row.id, score: 0.5 })),
    );
  });

  it.each(["instances", "dataframe_split", "records", "json_lines", "open_inference"] as const)(
    "join_source is understood without a filter, and compared with what was sent: %s",
    async (protocol) => {
      expect((await tryRun(job(protocol, { model_name: "local", join_source: "input" }))).error).toBeNull();
      expect(await table()).toEqual(EXPECTED);
    },
  );

  it("join_source is understood without a filter: csv", async () => {
    answer = (body) => ({ body: body.trimEnd() });
    expect((await tryRun(job("csv", { join_source: "input" }))).error).toBeNull();
    expect(await table("p0::varchar as score, p1 as said")).toEqual(EXPECTED);
  });

  const outputOf = (prefix: string) => ({ path: join(lab.folder, "out"), prefix });

  it.each(["instances", "records"] as const)(
    "response.key and response.index pair the predictions of a request that are in another order: %s",
    async (protocol) => {
      for (const response of [{ key: "id" }, { index: "index" }]) {
        answer = (body) => {
          const predictions = ids(body).map((id, index) => ({ id, index, score: id }));
          const inOtherOrder = predictions.toReversed();
          return { body: JSON.stringify(protocol === "records" ? inOtherOrder : { predictions: inOtherOrder }) };
        };
        expect((await tryRun(job(protocol, {}, { response, output: outputOf("m_") }))).error).toBeNull();
        const other = "key" in response ? "m_index" : "m_id";
        expect(await table("m_score::varchar as score")).toEqual(ROWS.map((row) => ({ ...row, score: row.id })));
        expect(await query(`select * from '${lab.folder}/out/*.parquet' limit 1`)).toMatchObject([
          { [other]: expect.anything() },
        ]);
      }
    },
  );

  it("response.key compares the key that a filter leaves next to the answer", async () => {
    answer = () => ({ body: "0.5" });
    const backend = { join_source: "input", output_filter: "$['id','SageMakerOutput']" };
    const changes = { response: { key: "id" }, output: outputOf("m_") };
    expect((await tryRun(job("json_lines", backend, changes))).error).toBeNull();
    expect(await table("m_SageMakerOutput as score")).toEqual(ROWS.map((row) => ({ ...row, score: 0.5 })));
  });

  it("a filter of CSV goes by numbers, which is said before anything is read", async () => {
    const { error, report } = await tryRun(job("csv", { output_filter: "$.score" }));
    expect(error).toMatchObject({ code: "BACKEND_OPTIONS_INVALID", facts: { option: "backend.output_filter" } });
    expect(error?.message).toContain("Columns of CSV are chosen by number");
    expect(report.shards.total).toBe(0);
    answer = (body) => ({ body: `${body.split(",")[0]},0.5` });
    expect((await tryRun(job("csv", { join_source: "input", output_filter: "$[-1]" }))).error).toBeNull();
    expect(await table("prediction")).toEqual(ROWS.map((row) => ({ ...row, prediction: 0.5 })));
  });
});
