import { readFile, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parseExact } from "../../src/core/json/exact-json.ts";
import { runCli } from "../cli/support/run-cli.ts";
import { temporaryFolder } from "../cli/support/temporary-folder.ts";
import { query } from "../support/query.ts";

type Reply = { readonly status?: number; readonly body: unknown; readonly pretty?: boolean };
type Received = { readonly body: string; readonly headers: IncomingHttpHeaders };

/** A server that answers each body, read as JSON, with what `answer` makes of it. */
async function startServer(answer: (body: never) => Reply): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    received.push({ body, headers: request.headers });
    const { status = 200, body: reply, pretty } = answer(JSON.parse(body) as never);
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(reply, null, pretty === true ? 2 : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/score`, received };
}

type Row = { readonly a: number; readonly b: number };
const sum = ({ a, b }: Row): number => a + b;

/** 23 rows of a and b; the right prediction of a row is a + b. */
async function project(url: string, keys: string): Promise<string> {
  const cwd = await temporaryFolder();
  await writeFile(
    join(cwd, "job.yaml"),
    `name: job
source: { kind: sql, sql: "select x as a, 1000 - 2 * x as b, 'row ' || x as note from range(23) t(x)" }
output: { path: out }
backend: { kind: http, url: "${url}" }
${keys}
`,
  );
  return cwd;
}

const FEATURES = "model: { features: [a, b] }";

async function wrongRows(cwd: string, prediction = "prediction"): Promise<unknown> {
  const [counts] = await query(
    `select count(*)::int as n, count(*) filter (${prediction} = a + b)::int as "right" from '${cwd}/out/*.parquet'`,
  );
  return counts;
}

const RIGHT = { n: 23, right: 23 };

describe("a server with a JSON shape of its own", () => {
  it.each<[string, string, (body: never) => Reply, RegExp]>([
    [
      "rows under a key and predictions under another",
      "request: { rows: /data }\nresponse: { predictions: /result }",
      ({ data }: { data: Row[] }) => ({ body: { took: 3, result: data.map(sum), model: "m" } }),
      /^\{"data":\[\{"a":0,"b":1000\},/,
    ],
    [
      "nested objects and constant members",
      "request: { rows: /payload/rows, body: { model: m1, payload: { version: 3 } } }\nresponse: { predictions: /outputs/scores }",
      ({ model, payload }: { model: string; payload: { version: number; rows: Row[] } }) => ({
        body: { outputs: { scores: payload.rows.map((row) => sum(row) + (model === "m1" ? payload.version - 3 : 1)) } },
      }),
      /^\{"model":"m1","payload":\{"version":3,"rows":\[/,
    ],
    [
      "a bare list both ways",
      'request: { rows: "" }\nresponse: { predictions: "" }',
      (rows: Row[]) => ({ body: rows.map(sum) }),
      /^\[\{"a":0/,
    ],
    [
      "rows as lists of values",
      "request: { rows: /features, row_form: array }\nresponse: { predictions: /scores }",
      ({ features }: { features: [number, number][] }) => ({ body: { scores: features.map(([a, b]) => a + b) } }),
      /^\{"features":\[\[0,1000\],/,
    ],
    [
      "rows as lists under `instances`, as TensorFlow Serving, KServe and Vertex AI take them",
      "request: { row_form: array }",
      ({ instances }: { instances: [number, number][] }) => ({
        body: { predictions: instances.map(([a, b]) => a + b) },
      }),
      /^\{"instances":\[\[0,1000\],/,
    ],
    [
      "predictions in an object inside a list, printed over several lines",
      "request: { rows: /data }\nresponse: { predictions: /outputs/0/values }",
      ({ data }: { data: Row[] }) => ({ body: { outputs: [{ values: data.map(sum) }, {}] }, pretty: true }),
      /^\{"data"/,
    ],
    [
      "names with the signs of pointers",
      "request: { rows: /a~1b/c~0d }\nresponse: { predictions: /x~1y }",
      (body: { "a/b": { "c~d": Row[] } }) => ({ body: { "x/y": body["a/b"]["c~d"].map(sum) } }),
      /^\{"a\/b":\{"c~d":\[/,
    ],
    [
      "one row per request, and its prediction under a key",
      "request: { row: /features }\nresponse: { predictions: /score }",
      ({ features }: { features: Row }) => ({ body: { score: sum(features), model: "m" } }),
      /^\{"features":\{"a":0,"b":1000\}\}$/,
    ],
    [
      "one row per request as the whole body, and a bare value",
      'request: { row: "" }',
      (row: Row) => ({ body: sum(row) }),
      /^\{"a":0,"b":1000\}$/,
    ],
    [
      "one row per request, as a list of values with the prediction in a list",
      "request: { row: /x, row_form: array, body: { model: m1 } }\nresponse: { predictions: /y/0 }",
      ({ x }: { x: [number, number] }) => ({ body: { y: [x[0] + x[1]] }, pretty: true }),
      /^\{"model":"m1","x":\[0,1000\]\}$/,
    ],
    [
      "constant members beside the protocol's own rows, and the protocol's parameters",
      "request: { body: { signature_name: s } }\nmodel: { features: [a, b], params: { t: 1 } }",
      ({ instances, params }: { instances: Row[]; params: { t: number } }) => ({
        body: { predictions: instances.map((row) => sum(row) * params.t) },
      }),
      /^\{"signature_name":"s","instances":\[.*\],"params":\{"t":1\}\}$/,
    ],
  ])("works from the job file: %s", async (_, keys, answer, request) => {
    const { url, received } = await startServer(answer);
    const cwd = await project(
      url,
      keys.includes("model:  {") || keys.includes("\nmodel: {") ? keys : `${keys}\n${FEATURES}`,
    );
    const run = await runCli(["run", "job.yaml"], { cwd });
    expect({ ...run }).toMatchObject({ exitCode: 0 });
    expect(await wrongRows(cwd)).toEqual(RIGHT);
    expect(received[0]?.body).toMatch(request);
  });

  it("takes texts alone, from one feature", async () => {
    const { url, received } = await startServer(({ texts }: { texts: string[] }) => ({
      body: { lengths: texts.map((text) => text.length) },
    }));
    const cwd = await project(
      url,
      "request: { rows: /texts, row_form: value }\nresponse: { predictions: /lengths }\nmodel: { features: [note] }",
    );
    expect(await runCli(["run", "job.yaml"], { cwd })).toMatchObject({ exitCode: 0 });
    expect(received[0]?.body).toMatch(/^\{"texts":\["row 0","row 1",/);
    expect(
      await query(`select count(*)::int as n from '${cwd}/out/*.parquet' where prediction = length(note)`),
    ).toEqual([{ n: 23 }]);
  });

  it("has predictions that are objects, and keeps every digit of them", async () => {
    const { url } = await startServer(({ data }: { data: Row[] }) => ({
      body: {
        result: data.map((row) => ({ sum: sum(row), label: `l${row.a}`, big: parseExact("9007199254740993") })),
      },
    }));
    const cwd = await project(url, `request: { rows: /data }\nresponse: { predictions: /result }\n${FEATURES}`);
    expect(await runCli(["run", "job.yaml"], { cwd })).toMatchObject({ exitCode: 0 });
    expect(await wrongRows(cwd, "sum")).toEqual(RIGHT);
    expect(await query(`select distinct big::text as big, typeof(big) as type from '${cwd}/out/*.parquet'`)).toEqual([
      { big: "9007199254740993", type: "BIGINT" },
    ]);
  });

  it("is sent the content type that the job says, and asked for another", async () => {
    const { url, received } = await startServer(({ features }: { features: Row }) => ({
      body: { score: sum(features) },
    }));
    const cwd = await project(
      "http://unused",
      `request: { row: /features }\nresponse: { predictions: /score }\n${FEATURES}`,
    );
    const backend = `backend={ kind: http, url: "${url}", content_type: application/vnd.acme.v1+json, accept: application/vnd.acme+json }`;
    expect(await runCli(["run", "job.yaml", "--set", backend], { cwd })).toMatchObject({ exitCode: 0 });
    // 23 of the run, and 20 that verify it.
    expect(received).toHaveLength(43);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/vnd.acme.v1+json",
      accept: "application/vnd.acme+json",
    });
  });

  it.each([
    ["request: { rows: /data }\nresponse: { predictions: /result }", "isolates a bad row of a list"],
    ["request: { row: /data }\nresponse: { predictions: /result }", "loses one row of those sent alone"],
  ])("costs a row that it cannot score and no other: %s", async (keys) => {
    const { url } = await startServer(({ data }: { data: Row[] | Row }) => {
      const rows = Array.isArray(data) ? data : [data];
      if (rows.some(({ a }) => a === 7)) return { status: 422, body: { detail: "a must not be 7" } };
      return { body: { result: Array.isArray(data) ? rows.map(sum) : sum(data) } };
    });
    const cwd = await project(url, `${keys}\n${FEATURES}\nfailure: { max_failed_rows: 1 }`);
    const { exitCode, stdout } = await runCli(["run", "job.yaml", "--json"], { cwd });
    expect(exitCode).toBe(3);
    expect(await wrongRows(cwd)).toEqual({ n: 22, right: 22 });
    const { dead_letter } = JSON.parse(stdout) as { dead_letter: { path: string } };
    expect(
      await query(`select a::int as a, "_error_message" as message from '${dead_letter.path}/*.parquet'`).catch(() =>
        query(`select * from '${dead_letter.path}/*.parquet'`),
      ),
    ).toEqual([expect.objectContaining({ a: 7 })]);
  });

  it("is shown by check: the first request and its response", async () => {
    const { url } = await startServer(({ data }: { data: Row[] }) => ({ body: { result: data.map(sum) } }));
    const cwd = await project(url, `request: { rows: /data }\nresponse: { predictions: /result }\n${FEATURES}`);
    const { exitCode, stdout } = await runCli(["check", "job.yaml", "--json"], { cwd });
    expect(exitCode).toBe(0);
    const { sample, items } = JSON.parse(stdout) as { sample: Record<string, string>; items: { status: string }[] };
    expect(sample["first_request"]).toMatch(/^\{"data":\[\{"a":0,"b":1000\}/);
    expect(sample["first_answer"]).toMatch(/^\{"result":\[1000,/);
    expect(items.filter(({ status }) => status !== "ok")).toEqual([]);
  });

  it.each([
    [
      "response: { predictions: /scores }",
      /has no list at \/scores\. Its top-level keys are "result", "took": correct response\.predictions/,
    ],
    [
      "response: { predictions: /result/values }",
      /has no list at \/result\/values\. Its top-level keys are "result", "took"/,
    ],
    ["", /has no list under "predictions"\. Its top-level keys are "result", "took": set response\.predictions/],
  ])("that answers without what %j names is shown with its keys", async (response, message) => {
    const { url } = await startServer(({ data }: { data: Row[] }) => ({ body: { result: data.map(sum), took: 1 } }));
    const cwd = await project(url, `request: { rows: /data }\n${response}\n${FEATURES}`);
    const { exitCode, stdout } = await runCli(["run", "job.yaml", "--json"], { cwd });
    expect(exitCode).toBe(1);
    const { error } = JSON.parse(stdout) as { error: { message: string } };
    expect(error.message).toMatch(message);
    expect(error.message).toContain('{\\"result\\":[1000');
  });
});

describe("a shape that cannot be", () => {
  it.each([
    ["request: { rows: data }", "request.rows", /expected a JSON pointer.*such as \/data/],
    ["response: { predictions: /a~2 }", "response.predictions", /expected a JSON pointer/],
    ["request: { rows: /data, row: /x }", "request.row", /cannot be set together with request\.rows/],
    ["request: { rows: /data, body: { data: 1 } }", "request.body", /has a value in the place of the rows/],
    ["request: { rows: /data/x, body: { data: 1 } }", "request.body", /has a value in the way/],
    ['request: { rows: "", body: { data: 1 } }', "request.body", /the whole body/],
    ["request: { row: /x }\nrequests: { batch_size: 10 }", "requests.batch_size", /must be 1 with request\.row/],
    ["request: { rows: /x, row_form: value }", "request.row_form", /there are 2/],
    [
      "request: { rows: /x }\nmodel: { features: [a, b], protocol: csv }",
      "request.rows",
      /"csv".*instances, dataframe_records, records/,
    ],
    [
      "response: { predictions: /x }\nmodel: { features: [a, b], protocol: open_inference }",
      "response.predictions",
      /"open_inference"/,
    ],
    ['request: { rows: "" }\nmodel: { features: [a, b], params: { t: 1 } }', "model.params", /Write request\.body/],
    ["request: { row_from: array, rows: /x }", "request.row_from", /did you mean `row_form`/],
  ])("such as %j is rejected before anything is sent, by the name of its key", async (keys, option, message) => {
    const { url, received } = await startServer(() => ({ body: {} }));
    const cwd = await project(url, keys.includes("model:") ? keys : `${keys}\n${FEATURES}`);
    const { exitCode, stdout } = await runCli(["run", "job.yaml", "--json"], { cwd });
    expect(JSON.parse(stdout).error).toMatchObject({
      code: "JOB_INVALID",
      option,
      message: expect.stringMatching(message),
    });
    expect(exitCode).toBe(2);
    expect(received).toEqual([]);
  });

  it("such as one for a model that scoreframe serves itself is rejected", async () => {
    const cwd = await project("http://unused", `request: { rows: /data }\n${FEATURES}`);
    await writeFile(join(cwd, "model.mjs"), "export default { predict: (rows) => rows.map(() => 1) };\n");
    const { stdout } = await runCli(
      ["check", "job.yaml", "--json", "--set", "backend={ kind: local, model: model.mjs }"],
      { cwd },
    );
    expect(JSON.parse(stdout).error).toMatchObject({ code: "JOB_INVALID", option: "request.rows" });
  });
});

it("requests and responses of such a shape are stitched by the same pointers", async () => {
  const cwd = await temporaryFolder();
  const line = (from: number): string =>
    `{"model":"m","data":[${[0, 1, 2].map((n) => `{"a":${from + n},"t":"x"}`).join(",")}]}\n`;
  await writeFile(join(cwd, "part.jsonl"), line(0) + line(3));
  await writeFile(join(cwd, "part.jsonl.out"), '{"out":{"y":[0,2,4]}}\n{"out":{"y":[6,8,10]},"took":1}\n');
  const places = ["--requests", ".", "--responses", ".", "--output", "scores"];
  const run = await runCli(["stitch", ...places, "--rows", "/data", "--predictions", "/out/y", "--json"], { cwd });
  expect(run).toMatchObject({ exitCode: 0 });
  expect(await query(`select sum((prediction = 2 * a)::int)::int as "right" from '${cwd}/scores/*.parquet'`)).toEqual([
    { right: 6 },
  ]);
  const wrong = await runCli(["stitch", ...places, "--rows", "data", "--json"], { cwd });
  expect(wrong.exitCode).toBe(2);
  expect(await readFile(join(cwd, "part.jsonl"), "utf8")).toContain('"model":"m"');
});

it("one row per line is stitched by a pointer to the row", async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "part.jsonl"), '{"features":{"a":1}}\n{"features":{"a":2}}\n');
  await writeFile(join(cwd, "part.jsonl.out"), '{"score":2}\n{"score":null}\n');
  const places = ["--requests", ".", "--responses", ".", "--output", "scores"];
  const run = await runCli(["stitch", ...places, "--row", "/features", "--predictions", "/score", "--json"], { cwd });
  expect(run).toMatchObject({ exitCode: 0 });
  expect(await query(`select a::int as a, prediction::int as p from '${cwd}/scores/*.parquet' order by a`)).toEqual([
    { a: 1, p: 2 },
    { a: 2, p: null },
  ]);
});
