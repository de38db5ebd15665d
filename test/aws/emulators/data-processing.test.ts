import { describe, expect, it } from "vitest";
import type { ContainerScript } from "./support/container-server.ts";
import { startContainer } from "./support/container-server.ts";
import type { JobChanges, SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

type Processing = NonNullable<JobChanges["DataProcessing"]>;

const typed = (type: string, assembleWith: "Line" | "None" = "Line"): JobChanges => ({
  input: { ContentType: type, SplitType: assembleWith },
  output: { Accept: type, AssembleWith: assembleWith },
});

async function start(
  context: Parameters<typeof sagemakerLab>[0],
  invoke: NonNullable<ContainerScript["invoke"]> = ({ body }) => body,
): Promise<{ lab: SagemakerLab; sent: () => string[] }> {
  const lab = await sagemakerLab(context);
  const container = await startContainer({ invoke });
  await lab.createModel(container.url);
  return { lab, sent: () => container.invocations.map(({ body }) => body) };
}

describe("input filter, join and output filter", () => {
  it("add the answer to the cells of a row", async (context) => {
    const { lab, sent } = await start(context, ({ body }) => String(body.trim().split(",").length));
    await lab.put("in/a.csv", '7,1.50,"x, ""y"""\r\n8,2.0,z\n');
    await lab.run({
      ...typed("text/csv"),
      BatchStrategy: "SingleRecord",
      DataProcessing: { InputFilter: "$[1:]", JoinSource: "Input", OutputFilter: "$[0,-1]" },
    });
    expect(sent()).toEqual(['1.50,"x, ""y"""\n', "2.0,z\n"]);
    expect(await lab.get("out/a.csv.out")).toBe("7,3\n8,2\n");
  });

  it("take both ends of a range for a part of it", async (context) => {
    const { lab, sent } = await start(context);
    await lab.put("in/a.csv", "0,1,2,3,4\n");
    await lab.run({ ...typed("text/csv"), DataProcessing: { InputFilter: "$[1:3]" } });
    expect(sent()).toEqual(["1,2,3\n"]);
  });

  it("count from the end with negative numbers, also in a range", async (context) => {
    const { lab, sent } = await start(context);
    await lab.put("in/a.csv", "0,1,2,3,4\n");
    await lab.run({ ...typed("text/csv"), DataProcessing: { InputFilter: "$[-3:-1]" } });
    await lab.run({ ...typed("text/csv"), DataProcessing: { InputFilter: "$[-1,0]", OutputFilter: "$[-2]" } });
    expect(sent()).toEqual(["2,3,4\n", "4,0\n"]);
    expect(await lab.get("out/a.csv.out")).toBe("4\n");
  });

  it("are not ignored if the container asks for payloads without a limit", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ parameters: { MaxPayloadInMB: 0, BatchStrategy: "MULTI_RECORD" } });
    await lab.createModel(container.url);
    await lab.put("in/a.csv", "a,b\nc,d\n");
    await lab.run({ ...typed("text/csv"), DataProcessing: { InputFilter: "$[0]", JoinSource: "Input" } });
    expect(container.invocations.map(({ body }) => body)).toEqual(["a\nc\n"]);
    expect(await lab.get("out/a.csv.out")).toBe("a,b,a\nc,d,c\n");
  });

  it("set the answer into the object of a record, with every digit", async (context) => {
    const { lab, sent } = await start(context, () => '{"score": 0.10, "id": 9007199254740993}');
    await lab.put("in/a.jsonl", '{"id": 9007199254740993, "features": [1.0, 2]}\n');
    await lab.run({
      ...typed("application/jsonlines"),
      DataProcessing: { InputFilter: "$.features", JoinSource: "Input", OutputFilter: "$['id','SageMakerOutput']" },
    });
    expect(sent()).toEqual(["[1.0,2]\n"]);
    expect(await lab.get("out/a.jsonl.out")).toBe(
      '{"id":9007199254740993,"SageMakerOutput":{"score":0.10,"id":9007199254740993}}\n',
    );
  });

  it("make an object if a record is not one", async (context) => {
    const { lab } = await start(context, () => "true");
    await lab.put("in/a.jsonl", "[1]\n");
    await lab.run({ ...typed("application/jsonlines"), DataProcessing: { JoinSource: "Input" } });
    expect(await lab.get("out/a.jsonl.out")).toBe('{"SageMakerInput":[1],"SageMakerOutput":true}\n');
  });

  it("take a whole file for one record if it is not split", async (context) => {
    const { lab } = await start(context, () => '{\n  "label": 1\n}');
    await lab.put("in/a.json", '{\n  "key": 1\n}\n');
    await lab.run({ ...typed("application/json", "None"), DataProcessing: { JoinSource: "Input" } });
    expect(await lab.get("out/a.json.out")).toBe('{"key":1,"SageMakerOutput":{"label":1}}');
  });

  it("join record by record if several are sent at once", async (context) => {
    const { lab, sent } = await start(context, ({ body }) => body.replaceAll("in", "out"));
    await lab.put("in/a.csv", "in1\nin2\n");
    await lab.run({ ...typed("text/csv"), BatchStrategy: "MultiRecord", DataProcessing: { JoinSource: "Input" } });
    expect(sent()).toEqual(["in1\nin2\n"]);
    expect(await lab.get("out/a.csv.out")).toBe("in1,out1\nin2,out2\n");
  });

  const FAILING: readonly [string, Processing, string, RegExp][] = [
    ["an index that is not there", { OutputFilter: "$[9]" }, "1,2\n", /there is no index 9 among 2/],
    ["two ranges", { OutputFilter: "$[0:2,4:]" }, "1,2\n", /only single range filters .* \[0:2,4:\] is not supported/],
    ["answers that are fewer than the records", { JoinSource: "Input" }, "1\n2\nless\n", /3 records .* 1 came back/],
  ];
  it.for(FAILING)("fail the object by %s", async ([_name, DataProcessing, text, logged], context) => {
    const { lab } = await start(context, ({ body }) => (body.includes("less") ? "1" : body));
    await lab.put("in/a.csv", text);
    const job = await lab.run({ ...typed("text/csv"), DataProcessing });
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
    expect(await lab.keys("out/")).toEqual([]);
    expect(lab.logged.join("\n")).toMatch(logged);
  });

  it("fail the object by an answer or a record that is not JSON", async (context) => {
    const { lab } = await start(context, ({ body }) => (body.includes("1") ? "<html>" : "{}"));
    await lab.put("in/a.jsonl", '{"a":1}\n');
    await lab.put("in/b.jsonl", "{a:2}\n");
    await lab.put("in/c.jsonl", "{}\n");
    await lab.run({ ...typed("application/jsonlines"), DataProcessing: { JoinSource: "Input" } });
    expect(await lab.keys("out/")).toEqual(["out/c.jsonl.out"]);
    expect(lab.logged.join("\n")).toContain("a.jsonl: Failed to parse output from the algorithm as JSON: <html>");
    expect(lab.logged.join("\n")).toContain("b.jsonl: Failed to parse input as JSON: {a:2}");
  });

  it("fail the object by a name that is not there", async (context) => {
    const { lab } = await start(context, () => "{}");
    await lab.put("in/a.jsonl", '{"a":1}\n');
    await lab.run({ ...typed("application/jsonlines"), DataProcessing: { OutputFilter: "$.score" } });
    expect(await lab.keys("out/")).toEqual([]);
    expect(lab.logged.join("\n")).toContain("a.jsonl: Invalid JsonPath: $.score: there is no 'score'");
  });

  it("fail the object by what is not UTF-8, and do not repair it", async (context) => {
    const invoke: ContainerScript["invoke"] = ({ body }, response) => {
      response.end(body.includes("bad") ? Buffer.from([0x22, 0xff, 0x22]) : '"ä"');
      return null;
    };
    const { lab } = await start(context, invoke);
    await lab.put("in/answer", '"bad"\n');
    await lab.put("in/record", Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    await lab.put("in/whole", '"ä"\n');
    await lab.run({ ...typed("application/jsonlines"), DataProcessing: { JoinSource: "Input" } });
    expect(await lab.keys("out/")).toEqual(["out/whole.out"]);
    expect(lab.logged.join("\n")).toContain("in/answer: Failed to parse output from the algorithm: it is not UTF-8");
    expect(lab.logged.join("\n")).toContain("in/record: Failed to parse input: it is not UTF-8");
  });

  const REJECTED: readonly [string, JobChanges, string][] = [
    [
      "an underscore",
      { ...typed("application/jsonlines"), DataProcessing: { OutputFilter: "$['account_id']" } },
      `Invalid OutputFilter: "$['account_id']". Unexpected "_" in JsonPath. Supported operators for "application/jsonlines" are ['$', '[', ']', '*', '.', ' ', ',', ':', '-', '''].`,
    ],
    ["a name for CSV", { ...typed("text/csv"), DataProcessing: { InputFilter: "$.a" } }, 'Unexpected "." in JsonPath'],
    [
      "64 characters",
      { ...typed("text/csv"), DataProcessing: { InputFilter: `$[${"1,".repeat(30)}1]` } },
      "less than or equal to 63",
    ],
    ["CSV that is not split", { ...typed("text/csv", "None"), DataProcessing: { JoinSource: "Input" } }, "to be Line"],
    [
      "two types",
      { ...typed("text/csv"), output: { Accept: "application/json" }, DataProcessing: { JoinSource: "Input" } },
      "the same one of",
    ],
    ["another type", { ...typed("text/libsvm"), DataProcessing: { JoinSource: "Input" } }, "the same one of"],
  ];
  it.for(REJECTED)("are rejected with %s", async ([_name, changes, message], context) => {
    const { lab } = await start(context);
    await lab.put("in/a", "1\n");
    await expect(lab.createJob(changes)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message),
    });
  });
});
