import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pairAnswerFile } from "../../../../src/backends/sagemaker/answers/answer-file.ts";
import type { ProtocolId } from "../../../../src/core/protocols/protocol.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "answer-file-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Strategy = "SingleRecord" | "MultiRecord";

/** The result of pairing an `.out` with `lines` request lines: its text, or why no line of it can be paired. */
async function pair(out: string, lines: number, id: ProtocolId, batchStrategy: Strategy): Promise<string> {
  const path = join(folder, "shard-00007.jsonl.out");
  await writeFile(path, out);
  const shard = {
    shard: 7,
    responsePath: path,
    requestPath: "",
    lines,
    rows: lines,
    bytes: 0,
    digest: "",
    header: null,
  };
  const cause = await pairAnswerFile(shard, "s3://bucket/shard-00007.jsonl.out", {
    protocol: PROTOCOLS[id],
    batchStrategy,
  });
  expect(await readdir(folder)).toEqual(["shard-00007.jsonl.out"]);
  return cause === null ? readFile(path, "utf8") : `${cause.code}: ${cause.message}`;
}

const NO_ANSWER =
  '{"error":{"code":"RESPONSE_INVALID","message":"The container answered with an empty body.","attempts":1}}';

describe("answers to one record each", () => {
  it.each([
    ["stay as they are, one a line", "1\n2\n3\n", "1\n2\n3\n"],
    ["may miss the last line break", "1\n2\n3", "1\n2\n3\n"],
    ["may each end with a line break of the container's own", "1\n\n2\n\n3\n\n", "1\n2\n3\n"],
    ["may end so, but for the last", "1\n\n2\n\n3\n", "1\n2\n3\n"],
    ["may end with carriage return and line feed", "1\r\n\r\n2\r\n\r\n3\r\n\r\n", "1\r\n2\r\n3\r\n"],
    ["say of an empty one which it is", "1\n\n3\n", `1\n${NO_ANSWER}\n3\n`],
    ["say so, too, where the others end with a line break", "1\n\n\n\n3\n\n", `1\n${NO_ANSWER}\n3\n`],
    ["may hold what other readers take for a line break", '"a\u2028b"\n"c\u0085"\n3\n', '"a\u2028b"\n"c\u0085"\n3\n'],
  ])("%s", async (_what, out, expected) => {
    expect(await pair(out, 3, "json_lines", "SingleRecord")).toBe(expected);
  });

  it.each([
    [
      "too few",
      "1\n2\n",
      "has 2 answers. The container must answer each request line with exactly one line; it left lines",
    ],
    [
      "too many",
      "1\n2\n3\n4\n",
      "has 4 answers. The container must answer each request line with exactly one line; pretty-",
    ],
    ["none", "", "has 0 answers"],
    ["printed over several lines", "{\n  1\n}\n2\n3\n", "pretty-printed JSON has too many"],
    ["in one piece", "123", "without line breaks or in one piece"],
  ])("are rejected if there are %s", async (_what, out, complaint) => {
    const cause = await pair(out, 3, "csv", "SingleRecord");
    expect(cause).toMatch(
      /^LINE_COUNT_MISMATCH: Shard 7 has 3 request lines, and s3:\/\/bucket\/shard-00007\.jsonl\.out has /,
    );
    expect(cause).toContain(complaint);
  });

  it.each(["csv", "json_lines"] as const)(
    "are rejected in %s if an empty one and one of two lines would pass for three",
    async (id) => {
      expect(await pair("1\n\n2\n3\n", 3, id, "SingleRecord")).toContain(
        "let the container end all its answers with a line break, or none",
      );
    },
  );

  it("are taken where some end with a line break and each is a document with its list", async () => {
    const [one, two] = ['{"predictions":[1]}', '{"predictions":[2]}'];
    expect(await pair(`${one}\n\n${two}\n${one}\n`, 3, "instances", "SingleRecord")).toBe(`${one}\n${two}\n${one}\n`);
  });
});

describe("answers to several records", () => {
  it("are the lines that are not empty", async () => {
    expect(await pair("1\n2\n\n3\n\n", 3, "csv", "MultiRecord")).toBe("1\n2\n3\n");
  });

  it("are rejected if the container took the first line for names, and say so", async () => {
    const cause = await pair("2\n3\n", 3, "csv", "MultiRecord");
    expect(cause).toContain(
      "has 2 answers. The container must answer each request line with exactly one line. SageMaker",
    );
    expect(cause).toContain("a container that wants one takes the first row for it. Send it json_lines");
    expect(await pair("2\n3\n", 3, "json_lines", "MultiRecord")).not.toContain("names");
  });

  it("are rejected if there are too many, with the other hint", async () => {
    const cause = await pair("1\n2\n3\n4\n", 3, "csv", "MultiRecord");
    expect(cause).toContain("pretty-printed JSON has too many");
    expect(cause).not.toContain("names");
  });

  it("are rejected if one is missing, though an empty line is there in its place", async () => {
    expect(await pair("1\n\n3\n", 3, "csv", "MultiRecord")).toContain("has 2 answers");
  });
});

describe("answers in JSON to records of CSV", () => {
  it("are taken out of their documents, digit for digit", async () => {
    const out = '{"predictions": [9007199254740993]}\n{"error":"no"}\n{"predictions":["a,\\"b"]}\n';
    expect(await pair(out, 3, "csv", "SingleRecord")).toBe('9007199254740993\n{"error":"no"}\n"a,\\"b"\n');
  });

  it("are taken out of documents of several rows", async () => {
    expect(await pair('{"predictions":[1,2]}\n\n{"predictions":[{"p":3}]}\n\n', 3, "csv", "MultiRecord")).toBe(
      '1\n2\n{"p":3}\n',
    );
  });

  it("say so where the container took the row for a line of names", async () => {
    const answer = await pair('{"predictions":[]}\n', 1, "csv", "SingleRecord");
    expect(answer).toContain("PREDICTION_COUNT_MISMATCH");
    expect(answer).toContain("SageMaker sends rows without a line of names");
  });
});

it("reads a file that is larger than what is read at a time", async () => {
  const long = "x".repeat(65_535);
  const out = `"${long}"\r\n\r\n`.repeat(40);
  expect(await pair(out, 40, "json_lines", "SingleRecord")).toBe(`"${long}"\r\n`.repeat(40));
});
