import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

/** The error of the one row that is sent, when the server answers so. */
async function errorFor(
  answer: (response: ServerResponse) => void,
  job: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly code: string; readonly message: string }> {
  const server = await startModelServer((_, response) => answer(response));
  const { lines } = await scoreOverHttp({ url: server.url, ...job }, [[instancesLine(1)]]);
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0]!).error;
}

describe("answers that are no answers", () => {
  it.each([
    ["an HTML page", "<html>Log in</html>", /HTML instead of JSON \(text\/html\): "<html>Log in<\/html>"/, "text/html"],
    ["HTML without a type", "<!doctype html>", /HTML instead of JSON \(no content type\): "<!doctype html>"/, ""],
    ["truncated JSON", '{"predictions":[1', /breaks off after 17 bytes \(application\/json\)/],
    ["a bare NaN", '{"predictions":[NaN]}', /a bare NaN/],
    ["a bare -Infinity", '{"note":"NaN","predictions":[-Infinity]}', /a bare -Infinity/],
    ["bytes that are not UTF-8", Buffer.from('{"predictions":["\xff"]}', "latin1"), /not UTF-8/],
    ["an empty body", "", /an empty body/],
    ["blank space", " \r\n ", /an empty body/],
    ["another key", '{"outputs":[1]}', /no list under "predictions"/],
    ["a list without a key", "[1]", /no list under "predictions"/],
    ["columns instead of rows", '{"predictions":{"score":[1]}}', /no list under "predictions"/],
  ])("rejects %s", async (_, body, message, type = "application/json") => {
    const error = await errorFor((response) =>
      response.writeHead(200, type === "" ? {} : { "content-type": type }).end(body),
    );
    expect(error.code).toBe("RESPONSE_INVALID");
    expect(error.message).toMatch(message);
  });

  it("rejects status 204", async () => {
    const error = await errorFor((response) => response.writeHead(204).end());
    expect(error).toMatchObject({ code: "RESPONSE_INVALID", message: expect.stringContaining("status 204") });
  });

  it("rejects an answer beyond max_response_bytes", async () => {
    const error = await errorFor((response) => response.end(`{"predictions":["${"a".repeat(10_000_000)}"]}`), {
      max_response_bytes: 1_000_000,
    });
    expect(error).toMatchObject({ code: "RESPONSE_TOO_LARGE", message: expect.stringContaining("1000000 bytes") });
  });

  it("rejects a count of predictions that is not the count of rows, with both", async () => {
    const error = await errorFor((response) => response.end('{"predictions":[1,2]}'));
    expect(error).toMatchObject({
      code: "PREDICTION_COUNT_MISMATCH",
      message: expect.stringContaining("2 predictions to 1 row;"),
    });
  });

  it("takes a whole answer that is an error object for the model's word on the row", async () => {
    const error = await errorFor((response) => response.end('{"error":"negative distance"}'));
    expect(error).toMatchObject({ code: "ROW_FAILED", message: expect.stringContaining("negative distance") });
  });

  it("ends the run where answers are compressed against our will", async () => {
    const server = await startModelServer((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
    );
    await expect(scoreOverHttp({ url: server.url }, [[instancesLine(1)]])).rejects.toMatchObject({
      code: "BACKEND_REFUSED",
      message: expect.stringContaining("content-encoding: gzip"),
    });
  });
});

describe("answers that are kept", () => {
  it("keeps ten megabytes for one row", async () => {
    const text = "é".repeat(5_000_000);
    const server = await startModelServer((_, response) => response.end(`{"predictions":["${text}"]}`));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    expect(JSON.parse(lines[0]!).predictions).toEqual([text]);
  });

  it("writes a pretty-printed answer as one line, with its numbers as they were", async () => {
    const body = '{\r\n  "predictions": [\n    9007199254740993,\n    1.0, "a\\nb"\n  ]\n}\n';
    const server = await startModelServer((_, response) => response.end(body));
    const { lines } = await scoreOverHttp({ url: server.url }, [[instancesLine(3)]]);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.replaceAll(" ", "")).toBe('{"predictions":[9007199254740993,1.0,"a\\nb"]}');
  });

  it("takes one value over several lines for the answer to one line", async () => {
    const server = await startModelServer((_, response) => response.end('{\n  "score": 1\n}\n'));
    const { lines } = await scoreOverHttp({ url: server.url }, [['{"x":1}']], { protocol: "json_lines" });
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ score: 1 }]);
  });

  it("skips blank lines of a line-oriented answer", async () => {
    const server = await startModelServer((_, response) => response.end("\n1\r\n\r\n2\n\n"));
    const { lines } = await scoreOverHttp({ url: server.url }, [['{"x":1}', '{"x":2}']], { protocol: "json_lines" });
    expect(lines).toEqual(["1", "2"]);
  });

  it("writes shards of any length in order, with requests of all of them in flight", async () => {
    const server = await startModelServer((received, response) => {
      setTimeout(() => response.end(predict(received)), (received.number % 3) * 5);
    });
    const shards = [7, 1, 0, 12].map((lines, shard) =>
      Array.from({ length: lines }, (_, line) => instancesLine(2, shard * 100 + line * 2)),
    );
    const { lines } = await scoreOverHttp({ url: server.url, concurrency: 5 }, shards);
    const sent = shards
      .flat()
      .map((line) => line.replace("instances", "predictions").replaceAll(/\{"x":(\d+)\}/g, "$1"));
    expect(lines).toEqual(sent);
  });
});

describe("answers with NaN and infinities, where the job takes them as null", () => {
  const score = async (body: string, protocol: "instances" | "json_lines" = "instances") => {
    const server = await startModelServer((_, response) => response.end(body));
    const line = protocol === "instances" ? [instancesLine(3)] : ['{"x":1}', '{"x":2}', '{"x":3}'];
    const { lines } = await scoreOverHttp({ url: server.url, non_finite: "as_null" }, [line], { protocol });
    return lines;
  };

  it("become null, be they nested, and nothing else is changed", async () => {
    expect(
      await score('{"predictions": [NaN, {"p": -Infinity, "Infinity": 1.50}, {"p": "NaN \\" Infinity Zoë"}]}'),
    ).toEqual(['{"predictions": [null, {"p": null, "Infinity": 1.50}, {"p": "NaN \\" Infinity Zoë"}]}']);
  });

  it("become null in lines, too", async () => {
    expect(await score('{"p":NaN}\nInfinity\n{"p":"NaN"}\n', "json_lines")).toEqual([
      '{"p":null}',
      "null",
      '{"p":"NaN"}',
    ]);
  });

  it("do not excuse other words that are no JSON", async () => {
    const [line] = await score('{"predictions":[NaN,None,undefined]}');
    expect(line).toContain("RESPONSE_INVALID");
  });
});

describe("what is sent", () => {
  it("has exactly one content type, which the job may replace", async () => {
    const server = await startModelServer((received, response) => response.end(predict(received)));
    await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    await scoreOverHttp({ url: server.url, headers: { "Content-Type": "application/x-own" }, method: "PUT" }, [
      [instancesLine(1)],
    ]);
    const sent = server.received.map(({ request }) => [request.method, request.headersDistinct["content-type"]]);
    expect(sent).toEqual([
      ["POST", ["application/json"]],
      ["PUT", ["application/x-own"]],
    ]);
  });

  it("is the unchanged request line, or up to batch_size lines if a line is a row", async () => {
    const server = await startModelServer((received, response) =>
      response.end("1\n".repeat(received.body.split("\n").length)),
    );
    const rows = ['{"x":9007199254740993}', '{"x":"\u2028"}', '{"x":3}'];
    await scoreOverHttp({ url: server.url, concurrency: 1 }, [rows], { protocol: "json_lines", batchSize: 2 });
    expect(server.received.map(({ body }) => body)).toEqual([`${rows[0]}\n${rows[1]}`, rows[2]]);
  });
});
