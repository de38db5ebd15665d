import { describe, expect, it } from "vitest";
import type { ModelRow } from "../../../../src/model.ts";
import { echoA, modelOf, served } from "../served.ts";

describe("the forms of a request", () => {
  it.each([
    ["instances", '{"instances":[{"a":1},{"a":"x"}]}', '{"predictions":[1,"x"]}'],
    ["instances beside keys that it does not know", '{"id":7,"instances":[{"a":1}]}', '{"predictions":[1]}'],
    ["dataframe_split", '{"dataframe_split":{"columns":["b","a"],"data":[[1,2],[3,4]]}}', '{"predictions":[2,4]}'],
    ["dataframe_records", '{"dataframe_records":[{"a":1}]}', '{"predictions":[1]}'],
    ["a list of rows", '[{"a":1},{"a":2}]', '{"predictions":[1,2]}'],
    ["one row", '{"a":{"nested":[1,{"b":2}]}}', '{"prediction":{"nested":[1,{"b":2}]}}'],
    ["no rows", '{"instances":[]}', '{"predictions":[]}'],
  ])("answers %s", async (_name, request, answer) => {
    const { post } = await served(echoA);
    expect(await post(request)).toEqual({ status: 200, text: answer });
  });

  it("answers JSON lines line by line", async () => {
    const { post } = await served(echoA);
    const reply = await post('{"a":1}\n{"instances":[{"a":2},{"a":3}]}\n{"a":4}', {
      "content-type": "application/jsonlines",
    });
    expect(reply).toEqual({ status: 200, text: '1\n{"predictions":[2,3]}\n4\n' });
  });

  it("hands JSON lines to the model in one call", async () => {
    const calls: number[] = [];
    const { post } = await served(modelOf((rows) => rows.map(() => calls.push(rows.length))));
    await post('{"a":1}\n{"a":2}\n', { "content-type": "application/x-ndjson" });
    expect(calls).toEqual([2, 2]);
  });

  it("takes a charset and other parameters beside the content type", async () => {
    const { post } = await served(echoA);
    expect((await post('{"a":1}', { "content-type": "Application/JSON; charset=UTF-8; format=pandas" })).status).toBe(
      200,
    );
  });
});

describe("values", () => {
  it("keeps integers beyond 2^53 digit for digit, in both directions", async () => {
    const { post } = await served(echoA);
    const { text } = await post('[{"a":9007199254740993},{"a":-12345678901234567890},{"a":"12345678901234567"}]');
    expect(text).toBe('{"predictions":[9007199254740993,-12345678901234567890,"12345678901234567"]}');
  });

  it("gives the model numbers where they are exact and bigints where they are not", async () => {
    const { post } = await served(modelOf((rows) => rows.map((row) => typeof row["a"])));
    const { text } = await post('[{"a":9007199254740993},{"a":9007199254740991},{"a":1.2345678901234567}]');
    expect(text).toBe('{"predictions":["bigint","number","number"]}');
  });

  it.each([
    ["dates in ISO 8601", new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ["typed arrays as lists", { p: Float32Array.of(0.5, 1) }, '{"p":[0.5,1]}'],
    ["maps as objects and sets as lists", [new Map([["k", 1n]]), new Set([2])], '[{"k":1},[2]]'],
  ])("writes %s", async (_name, prediction, json) => {
    const { post } = await served(modelOf((rows) => rows.map(() => prediction)));
    expect((await post('{"instances":[{}]}')).text).toBe(`{"predictions":[${json}]}`);
  });

  it.each([
    ["a NaN", Number.NaN, "NaN"],
    ["an infinity in a list", [0.5, Number.NEGATIVE_INFINITY], "-Infinity"],
    ["a NaN in a typed array of an object", { p: Float32Array.of(0.5, Number.NaN) }, "NaN"],
    ["a NaN in a map", new Map([["p", Number.NaN]]), "NaN"],
    ["a NaN that is waited for", Promise.resolve(Number.NaN), "NaN"],
  ])("fails only the row of %s, unless the job wants null", async (_name, prediction, found) => {
    const model = modelOf((rows) => rows.map((row) => (row["a"] === 1 ? prediction : 0.5)));
    const rows = '{"instances":[{"a":0},{"a":1}]}';
    const [good, failed] = JSON.parse((await (await served(model)).post(rows)).text).predictions;
    expect(good).toBe(0.5);
    expect(failed).toEqual({
      error: expect.stringMatching(new RegExp(`^The model returned ${found} for this row.*non_finite`)),
    });
    const { text } = await (await served({ ...model, nonFinite: "as_null" })).post(rows);
    expect(text).toContain("null");
    expect(text).not.toContain("error");
  });

  it("takes a typed array as the list of predictions", async () => {
    const { post } = await served(modelOf((rows) => Float64Array.from(rows, (_, index) => index / 2)));
    expect((await post("[{},{}]")).text).toBe('{"predictions":[0,0.5]}');
  });
});

describe("a request that cannot be answered", () => {
  it.each([
    ["malformed JSON", '{"instances":[{"a":1}', "INVALID_JSON", "not valid JSON"],
    ["no body", "", "INVALID_JSON", "not valid JSON"],
    ["a scalar", "5", "INVALID_REQUEST", "The request is a number. Send"],
    ["rows that are no objects", '{"instances":[{"a":1},[2]]}', "INVALID_REQUEST", "instances[1] is a list"],
    ["instances that are no list", '{"instances":{"a":1}}', "INVALID_REQUEST", "must be a list of rows, not an object"],
    [
      "a short row",
      '{"dataframe_split":{"columns":["a","b"],"data":[[1,2],[3]]}}',
      "INVALID_REQUEST",
      "data[1] has 1 values, but there are 2 columns",
    ],
    [
      "a column named twice",
      '{"dataframe_split":{"columns":["a","a"],"data":[]}}',
      "INVALID_REQUEST",
      "names a column twice",
    ],
  ])("rejects %s with 400", async (_name, body, code, message) => {
    const { post } = await served(echoA);
    const { status, text } = await post(body);
    expect([status, JSON.parse(text).error.code]).toEqual([400, code]);
    expect(text).toContain(message);
  });

  it("names the line of JSON lines that is malformed", async () => {
    const { post } = await served(echoA);
    const { text } = await post('{"a":1}\n\n{"a":2}\n', { "content-type": "application/jsonlines" });
    expect(text).toContain("Line 2 of the request is not valid JSON");
  });

  it.each([
    [
      "numbers",
      (row: ModelRow) => row["n"],
      '"outputs":[{"name":"prediction","shape":[2,1],"datatype":"INT64","data":[9007199254740993,2]}]',
    ],
    [
      "lists",
      (row: ModelRow) => row["l"],
      '"outputs":[{"name":"prediction","shape":[2,2],"datatype":"FP64","data":[1,0.5,2,null]}]',
    ],
    [
      "objects",
      (row: ModelRow) => ({ t: row["t"], ok: true }),
      '"outputs":[{"name":"t","shape":[2,1],"datatype":"BYTES","data":["a","b"]},{"name":"ok","shape":[2,1],"datatype":"BOOL","data":[true,true]}]',
    ],
    [
      "rows that failed",
      (row: ModelRow) => (row["t"] === "a" ? { error: "no" } : 1),
      '"predictions":[{"error":"no"},1]',
    ],
    ["texts and nothing", (row: ModelRow) => (row["t"] === "a" ? null : "x"), '"predictions":[null,"x"]'],
    ["lists of several lengths", (row: ModelRow) => (row["t"] === "a" ? [1, 2] : [1]), '"predictions":[[1,2],[1]]'],
  ])("answers tensors with tensors, or with a list where there are none: %s", async (_name, predict, answer) => {
    const { post } = await served(modelOf((rows) => rows.map(predict)));
    const inputs = [
      '{"name":"n","shape":[2,1],"datatype":"INT64","data":[9007199254740993,2]}',
      '{"name":"t","shape":[2],"datatype":"BYTES","data":["a","b"]}',
      '{"name":"l","shape":[2,2],"datatype":"FP64","data":[[1,0.5],[2,null]]}',
    ];
    const { text } = await post(`{"id":"7","inputs":[${inputs}]}`);
    expect(text).toContain(`"id":"7",${answer}}`);
  });

  it("rejects tensors whose data are not what the shape says", async () => {
    const { post } = await served(echoA);
    const { status, text } = await post('{"inputs":[{"name":"a","shape":[2,1],"datatype":"INT64","data":[1]}]}');
    expect([status, text]).toEqual([400, expect.stringContaining("1 values for the shape [2,1]")]);
  });

  it("answers rows of CSV in JSON; a cell that looks like a number is one, and a quoted cell is text", async () => {
    const { post } = await served(modelOf((rows) => rows));
    const csv = 'id,"a,b",t,none,flag\r\n9007199254740993,1.5,"7",,true\r\n2,x,"",007,false';
    const { text } = await post(csv, { "content-type": "text/csv" });
    expect(text).toBe(
      '{"predictions":[{"id":9007199254740993,"a,b":1.5,"t":"7","none":null,"flag":true},' +
        '{"id":2,"a,b":"x","t":"","none":"007","flag":false}]}',
    );
  });

  it.each([
    ["a cell too few", "a,b\n1", "Line 2 has 1 cells, but there are 2 columns"],
    ["a column twice", "a,a\n1,2", "names a column twice"],
    ["no line of names", "", "no line of column names"],
  ])("rejects CSV with %s", async (_name, body, complaint) => {
    const { post } = await served(modelOf((rows) => rows));
    const { status, text } = await post(body, { "content-type": "text/csv" });
    expect([status, text]).toEqual([400, expect.stringContaining(complaint)]);
  });

  it("rejects text that is not UTF-8 rather than changing it", async () => {
    const { post } = await served(echoA);
    const { status, text } = await post(Uint8Array.of(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d));
    expect([status, text]).toEqual([400, expect.stringContaining("not valid UTF-8")]);
  });

  it.each([
    ["another content type", { "content-type": "text/xml" }],
    ["another charset", { "content-type": "application/json; charset=latin1" }],
    ["a compressed body", { "content-encoding": "gzip" }],
  ])("rejects %s with 415", async (_name, headers) => {
    const { post } = await served(echoA);
    expect((await post('{"a":1}', headers)).status).toBe(415);
  });

  it("lists the content types that it takes", async () => {
    const { post } = await served(echoA);
    expect((await post("a", { "content-type": "text/xml" })).text).toContain(
      "application/json, text/csv, application/jsonlines",
    );
  });

  it("rejects a body beyond the limit with 413", async () => {
    const { post } = await served(echoA, 100);
    const { status, text } = await post(`{"a":"${"x".repeat(100)}"}`);
    expect([status, text]).toEqual([413, expect.stringContaining("larger than 100 bytes")]);
  });

  it("says which paths there are", async () => {
    const { server } = await served(echoA);
    const response = await fetch(`${server.url}/predict`);
    expect([response.status, await response.text()]).toEqual([404, expect.stringContaining("POST /invocations")]);
  });
});

describe("a model that breaks its contract", () => {
  it("is answered with its message, its stack in the log only", async () => {
    const { post, log } = await served(
      modelOf(() => {
        throw new Error("no such airport");
      }),
    );
    const { status, text } = await post("[{}]");
    expect([status, text]).toEqual([500, '{"error":{"code":"MODEL_FAILED","message":"no such airport"}}']);
    expect(log.join("\n")).toMatch(/no such airport\n {4}at /);
  });

  it("fails with both counts when they differ", async () => {
    const { post } = await served(modelOf(() => [1]));
    expect((await post("[{},{},{}]")).text).toContain("answered 1 prediction for 3 rows");
  });

  it("fails when it answers no list", async () => {
    const { post } = await served(modelOf(() => ({ predictions: [1] })));
    expect((await post("[{}]")).text).toContain("must answer a list");
  });

  it("fails one row where its promise rejects", async () => {
    const { post } = await served(
      modelOf((rows) => rows.map(async (row) => (row["a"] === 1 ? "good" : Promise.reject(new Error("bad row"))))),
    );
    expect((await post('[{"a":1},{"a":2}]')).text).toBe('{"predictions":["good",{"error":"bad row"}]}');
  });

  it("fails one row where it answers undefined", async () => {
    const { post } = await served(modelOf((rows) => rows.map((row) => row["a"])));
    expect((await post('[{"a":1},{"b":2}]')).text).toMatch(
      /^\{"predictions":\[1,\{"error":"The model answered undefined/,
    );
  });

  it("fails when an answer contains itself", async () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const { post } = await served(modelOf(() => [loop]));
    expect((await post("[{}]")).text).toContain("cannot be written as JSON");
  });
});

it("answers 503 until the model is loaded, and 200 from then on", async () => {
  const { server, post } = await served();
  expect((await fetch(`${server.url}/ping`)).status).toBe(503);
  expect((await post("[{}]")).status).toBe(503);
  server.serve(echoA);
  expect((await fetch(`${server.url}/ping`)).status).toBe(200);
});
