import { describe, expect, it } from "vitest";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import { startModelServer } from "./support/model-server.ts";
import { scoreOverHttp } from "./support/score-over-http.ts";

const IDS = ["9007199254740993", "9007199254740992", "3", "4"];
const REQUESTS: Readonly<Partial<Record<ProtocolId, readonly string[]>>> = {
  instances: [`{"instances":[${IDS.map((id) => `{"id":${id}}`)}]}`],
  dataframe_split: [`{"dataframe_split":{"columns":["id"],"data":[${IDS.map((id) => `[${id}]`)}]}}`],
  json_lines: IDS.map((id) => `{"id":${id}}`),
  open_inference: [`{"inputs":[{"name":"id","shape":[4,1],"datatype":"INT64","data":[${IDS}]}]}`],
  csv: IDS,
};

/** The response lines to four rows, when the server answers these predictions. */
async function answered(protocol: ProtocolId, predictions: readonly string[]): Promise<string[]> {
  const body = protocol === "json_lines" ? predictions.join("\n") : `{"predictions":[${predictions}]}`;
  const server = await startModelServer((_received, response) => response.end(`${body}\n`));
  const header = protocol === "csv" ? { header: "id" } : {};
  return (await scoreOverHttp({ url: server.url }, [REQUESTS[protocol] ?? []], { protocol, ...header })).lines;
}

const withIds = (ids: readonly string[]): string[] => ids.map((id, at) => `{"id":${id},"score":${at}}`);

describe("what a response says of its own rows", () => {
  it.each(Object.keys(REQUESTS) as ProtocolId[])(
    "is compared with what was sent, to the last digit: %s",
    async (protocol) => {
      expect((await answered(protocol, withIds(IDS))).join()).not.toContain("error");
      const [first = "", second = "", ...others] = IDS;
      const swapped = await answered(protocol, withIds([second, first, ...others]));
      expect(swapped.join()).toContain(`9007199254740992 for row 1 of 4`);
      expect(swapped.every((line) => "error" in JSON.parse(line))).toBe(true);
    },
  );

  it.each([
    ["printed as floats", ["9007199254740993", "9007199254740992", "3.0", "4e0"]],
    ["printed as texts", ['"9007199254740993"', '"9007199254740992"', '"3"', '"4"']],
    ["left out", ["null", "null", "null", "null"]],
  ])("may be %s", async (_, ids) => {
    expect((await answered("instances", withIds(ids))).join()).not.toContain("error");
  });

  it("is heeded beside a row that failed, even the first", async () => {
    const [, ...swapped] = withIds(["1", IDS[1] ?? "", "4", "3"]);
    const failed = '{"error":"no such customer"}';
    expect((await answered("instances", [failed, ...swapped])).join()).toContain("4 for row 3 of 4");
  });

  it("is heeded if it numbers the rows", async () => {
    const numbered = (order: number[]) => order.map((index) => `{"index":${index},"score":1}`);
    expect((await answered("instances", numbered([0, 2, 1, 3]))).join()).toContain('\\"index\\" is not in the order');
    expect((await answered("instances", numbered([0, 1, 2, 3]))).join()).not.toContain("error");
    expect((await answered("instances", numbered([7, 5, 5, 2]))).join()).not.toContain("error");
  });
});
