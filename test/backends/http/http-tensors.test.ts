import { describe, expect, it } from "vitest";
import { startModelServer } from "./support/model-server.ts";
import { scoreOverHttp } from "./support/score-over-http.ts";

const tensor = (name: string, datatype: string, shape: readonly number[], data: string): string =>
  `{"name":"${name}","shape":[${shape.join(",")}],"datatype":"${datatype}","data":[${data}]}`;

const request = (id: string, ...tensors: readonly string[]): string => `{"id":"${id}","inputs":[${tensors.join(",")}]}`;

async function answered(line: string, body: string, job = {}) {
  const server = await startModelServer((_received, response) => response.end(body));
  const options = { protocol: "open_inference", isolateFailedRows: false } as const;
  return scoreOverHttp({ url: server.url, ...job }, [[line]], options).then(({ lines }) => lines);
}

const TWO = request("7", tensor("x", "FP64", [2, 1], "1.0,2.0"));

describe("an answer of tensors", () => {
  it("is kept as the server wrote it, on one line", async () => {
    const body = '{"id":"7",\n "outputs":[{"name":"y","shape":[2,1],"datatype":"FP64","data":[0.10,2]}]}';
    expect(await answered(TWO, body)).toEqual([body.replace("\n", " ")]);
  });

  it.each([
    ["the id of another request", '{"id":"8","outputs":[{"name":"y","shape":[2],"data":[1,2]}]}', "ECHOED_ID_MISMATCH"],
    [
      "rows merged, as MLServer does",
      '{"outputs":[{"name":"y","shape":[2,1],"data":["Nb"]}]}',
      "PREDICTION_COUNT_MISMATCH",
    ],
    ["a row too few", '{"outputs":[{"name":"y","shape":[1],"data":[1]}]}', "PREDICTION_COUNT_MISMATCH"],
    ["no outputs", '{"model_name":"m"}', "RESPONSE_INVALID"],
    ["an error", '{"error":"no model"}', "ROW_FAILED"],
  ])("fails its rows with %s", async (_what, body, code) => {
    expect(await answered(TWO, body)).toEqual([expect.stringContaining(`{"error":{"code":"${code}"`)]);
  });

  it("may have NaN read as null", async () => {
    const body = '{"outputs":[{"name":"y","shape":[2],"datatype":"FP64","data":[NaN,1]}]}';
    const [line = ""] = await answered(TWO, body, { non_finite: "as_null" });
    expect(JSON.parse(line).outputs[0].data).toEqual([null, 1]);
  });
});

describe("isolating bad rows", () => {
  it("takes tensors apart and keeps every byte of their rows", async () => {
    const bodies: string[] = [];
    const server = await startModelServer(({ body }, response) => {
      bodies.push(body);
      const { id, inputs } = JSON.parse(body);
      const rows = inputs[0].shape[0];
      if (body.includes("bad")) response.writeHead(500).end("oops");
      else
        response.end(
          `{"id":"${id}","outputs":[${tensor("y", "INT64", [rows], inputs[0].data.map(() => 1).join(","))}]}`,
        );
    });
    const inputs = [
      tensor("a", "INT64", [4, 1], "9007199254740993,1,2,3"),
      tensor('t\\"', "BYTES", [4, 1], '"],[{\\"","bad","b,\\n","é"'),
      tensor("l", "FP64", [4, 2], "1.0,-0.0,null,2.50,3e5,4,5,6"),
    ];
    const line = `${request("7", ...inputs).slice(0, -1)},"parameters":{"p":[1,"]}"]}}`;
    const { lines } = await scoreOverHttp({ url: server.url }, [[line]], { protocol: "open_inference" });
    expect(lines).toEqual([expect.stringMatching(/^\[1,\{"error":.*\},1,1\]$/)]);
    const first = [
      tensor("a", "INT64", [1, 1], "9007199254740993"),
      tensor('t\\"', "BYTES", [1, 1], '"],[{\\""'),
      tensor("l", "FP64", [1, 2], "1.0,-0.0"),
    ];
    expect(bodies).toContain(`${request("7", ...first).slice(0, -1)},"parameters":{"p":[1,"]}"]}}`);
  });
});
