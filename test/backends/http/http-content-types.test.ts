import { describe, expect, it } from "vitest";
import { bindProtocol } from "../../../src/core/protocols/bind-protocol.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../../src/core/protocols/request-options.ts";
import { predict, startModelServer } from "./support/model-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const LINES = ['{"x":1}', '{"x":2}'];

describe("content types of requests", () => {
  it("are those of the protocol, unless `content_type` and `accept` say otherwise", async () => {
    const server = await startModelServer((received, response) => response.end(predict(received)));
    const types = { content_type: "application/json; format=pandas", accept: "application/json; v=2" };
    await scoreOverHttp({ url: server.url }, [[instancesLine(1)]]);
    await scoreOverHttp({ url: server.url, ...types }, [[instancesLine(1)]]);
    expect(server.received.map(({ request: { headers } }) => [headers["content-type"], headers.accept])).toEqual([
      ["application/json", "application/json"],
      [types.content_type, types.accept],
    ]);
  });
});

/** The error of a job whose server answers every request this way. */
async function failureFor(status: number, body: string): Promise<{ readonly code: string; readonly message: string }> {
  const server = await startModelServer((_, response) => response.writeHead(status).end(body));
  const { lines } = await scoreOverHttp({ url: server.url }, [LINES], { protocol: "json_lines" }).catch((thrown) => {
    return { lines: [JSON.stringify({ error: { code: thrown.code, message: thrown.message } })] };
  });
  return JSON.parse(lines[0] ?? "").error;
}

describe("a server that does not read the content type", () => {
  const FIX =
    "The server does not read application/jsonlines, which was sent. Set `content_type` to a type that it reads, such as application/json";

  it.each([
    [415, "no"],
    [415, '{"error":{"message":"The Content-Type is not supported"}}'],
  ])("ends the run, and the message names `content_type`: %i %s", async (status, body) => {
    expect(await failureFor(status, body)).toEqual({ code: "BACKEND_REFUSED", message: expect.stringContaining(FIX) });
  });

  it.each([
    ["Hugging Face's containers", 400, "Content type application/jsonlines is not supported by this framework."],
    [
      "SageMaker's toolkit",
      500,
      "sagemaker_inference.errors.UnsupportedFormatError: Content type application/jsonlines",
    ],
    ["scikit-learn's container", 400, "application/jsonlines is not an accepted type"],
    ["Linear Learner", 400, "Content-type application/jsonlines not supported. Supported content-type is text/csv"],
    [
      "MLflow",
      400,
      "This predictor only supports the following content types: Types: ['text/csv']. Got 'application/jsonlines'.",
    ],
    ["Flask", 400, "Did not attempt to load JSON data because the request Content-Type was not 'application/json'."],
    ["a media type", 422, "Unsupported Media Type: application/jsonlines"],
  ])("ends the run if it says so with another status: %s", async (_, status, message) => {
    const error = await failureFor(status, JSON.stringify({ message }));
    expect(error.message).toContain("was refused after 1 try");
    expect(error.message).toContain(FIX);
  });

  it.each([
    [406, "no"],
    [400, "Accept type application/jsonlines is not supported"],
    [500, "Unsupported accept: application/jsonlines"],
  ])("or does not write the type that is asked for is reported as such: %i %s", async (status, body) => {
    const fix =
      "The server does not write application/jsonlines, which was asked for. Set `accept` to a type that it writes";
    expect((await failureFor(status, body)).message).toContain(fix);
  });

  it("costs a row alone that it answers so while others pass", async () => {
    const server = await startModelServer(({ body }, response) =>
      body.includes('"x":2')
        ? response.writeHead(415).end("Unsupported media type")
        : response.end(body.replaceAll(/.+/g, "7")),
    );
    const { lines } = await scoreOverHttp({ url: server.url }, [LINES], { protocol: "json_lines" });
    expect(lines).toEqual(["7", expect.stringContaining("Unsupported media type")]);
  });

  it.each([
    [400, "value of column content_type is invalid"],
    [422, "distance is not a number"],
    [500, "could not convert string to float: 'unknown'"],
  ])("is not seen in what a server says of a row: %i %s", async (status, message) => {
    const error = await failureFor(status, message);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("`content_type`");
  });
});

describe("rows of CSV that are answered in JSON", () => {
  const answered = async (body: string, predictions: readonly string[] | null, type = "application/json") => {
    const server = await startModelServer((_, response) => response.writeHead(200, { "content-type": type }).end(body));
    const protocol = bindProtocol("csv", { ...DEFAULT_REQUEST_OPTIONS, predictions });
    return (await scoreOverHttp({ url: server.url, accept: "application/json" }, [["1,2", "3,4"]], { protocol })).lines;
  };

  it("are Linear Learner's", async () => {
    const body =
      '{"predictions": [{"score": 0.5, "predicted_label": 1}, {"score": 9007199254740993, "predicted_label": 0}]}';
    expect(await answered(body, null)).toEqual([
      '{"score": 0.5, "predicted_label": 1}',
      '{"score": 9007199254740993, "predicted_label": 0}',
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    ["Random Cut Forest", '{"scores":[{"score":0.5},{"score":0.6}]}', ["scores"]],
    ["PCA", '{"projections":[{"score":0.5},{"score":0.6}]}', ["projections"]],
    ["a document inside", '{"result":{"rows":[{"score":0.5},{"score":0.6}]}}', ["result", "rows"]],
    ["a bare list", '[{"score":0.5},{"score":0.6}]', []],
  ])("are read where response.predictions says: %s", async (_, body, path) => {
    expect(await answered(body, path)).toEqual(['{"score":0.5}', '{"score":0.6}']);
    expect(await answered(body, path, "text/plain")).toEqual(['{"score":0.5}', '{"score":0.6}']);
  });

  it("fail if there is nothing at that place", async () => {
    const [line] = await answered('{"predictions":[1,2]}', ["scores"]);
    expect(line).toContain('has no list at /scores. Its top-level keys are \\"predictions\\"');
  });
});
