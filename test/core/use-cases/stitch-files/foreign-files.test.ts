import { existsSync, readdirSync, symlinkSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { stitchLab } from "./support/stitch-lab.ts";

const lab = stitchLab();
const { write, stitch, rejection, table, deadLetters } = lab;

const rows = "row_id::int as r, id::int as id, prediction::double as p";
const request = (...ids: number[]): string => ids.map((id) => `{"id":${id}}\n`).join("");
const answer = (...values: number[]): string => values.map((value) => `${value}\n`).join("");

describe("files in folders", () => {
  test("are paired with those in folders of the same names, and named by their whole path", async () => {
    write("in/a.jsonl", request(0));
    write("answers/a.jsonl.out", answer(0.5));
    for (const [day, id] of [1, 2].entries()) {
      write(`in/ds=2024-05-0${day}/part-0.jsonl`, request(id));
      write(`answers/ds=2024-05-0${day}/part-0.jsonl.out`, day === 0 ? answer(id + 0.5) : '{"error":"late"}\n');
    }
    expect(await stitch()).toMatchObject({ files: 3, rows: 3, dead_lettered: 1 });
    expect(await table(rows)).toEqual([
      { r: 0, id: 0, p: 0.5 },
      { r: 1, id: 1, p: 1.5 },
    ]);
    expect(await deadLetters("id::int as id, _error_message as m")).toEqual([{ id: 2, m: "late" }]);
    write("answers/ds=2024-05-01/part-0.jsonl.out", answer(1, 2));
    expect(await rejection()).toContain("ds=2024-05-01/part-0.jsonl.out has 2 lines");
  });

  test("are not passed over silently if one of them has no answer", async () => {
    write("in/a.jsonl", request(0));
    write("in/deeper/b.jsonl", request(1));
    write("answers/a.jsonl.out", answer(0.5));
    expect(await rejection()).toMatch(/missing: deeper\/b\.jsonl\.out.*in folders of the same names/);
  });

  test("are left out if they are answers below the requests, or the table itself", async () => {
    write("in/a.jsonl", request(0));
    write("in/answers/a.jsonl.out", '{"error":"late"}\n');
    write("in/b.jsonl", request(1));
    write("in/answers/b.jsonl.out", answer(1.5));
    const changes = { responses: "in/answers", output: "in/table" };
    for (let time = 0; time < 2; time += 1) expect(await stitch(changes)).toMatchObject({ files: 2, dead_lettered: 1 });
    expect(readdirSync(lab.path("in/table.dead-letter")).filter((name) => name.endsWith(".parquet"))).toHaveLength(1);
  });

  test("may be reached by links, which are followed once", async () => {
    write("elsewhere/a.jsonl", request(0));
    write("in/b.jsonl", request(1));
    symlinkSync(lab.path("elsewhere"), lab.path("in/linked"));
    symlinkSync(lab.path("in"), lab.path("in/round"));
    write("answers/b.jsonl.out", answer(1.5));
    write("answers/linked/a.jsonl.out", answer(0.5));
    expect(await stitch()).toMatchObject({ files: 2 });
  });
});

describe("names", () => {
  test.each([
    "100% äöü 😀 [x]*?{a}.jsonl",
    "a#b&c=d+e.jsonl",
    "名前.jsonl",
    "line\nbreak.jsonl",
    `${"x".repeat(240)}.jsonl`,
  ])("may be %j", async (name) => {
    write(`in/${name}`, request(0, 1));
    write(`answers/${name}.out`, '0.5\n{"error":"late"}\n');
    expect(await stitch()).toMatchObject({ files: 1, dead_lettered: 1 });
    expect(await deadLetters("id::int as id")).toEqual([{ id: 1 }]);
  });

  test("of markers that Spark and Databricks leave are passed over, and those of files with a partner are not", async () => {
    for (const folder of ["in", "answers"]) {
      write(`${folder}/_SUCCESS`, "");
      write(`${folder}/_committed_123`, "{}");
      write(`${folder}/.part.crc`, "x");
    }
    write("in/_part.jsonl", request(0));
    write("answers/_part.jsonl.out", answer(0.5));
    expect(await stitch()).toMatchObject({ files: 1, rows: 1 });
  });

  test("of answers may end with something else, which the error names and an option says", async () => {
    write("in/a.jsonl", request(0));
    write("answers/a.jsonl.predictions", answer(0.5));
    expect(await rejection()).toContain("--suffix .predictions");
    expect(await stitch({ suffix: ".predictions" })).toMatchObject({ rows: 1 });
    expect(await rejection({ suffix: "/x" })).toContain("does not distinguish response files from request files");
  });

  test("of a manifest among the requests, and of a note among the answers, are reported", async () => {
    write("in/a.jsonl", request(0));
    write("in/input.manifest", '[{"prefix":"s3://b/"},"a.jsonl"]');
    write("answers/a.jsonl.out", answer(0.5));
    write("answers/README.txt", "x");
    expect(await rejection()).toMatch(/missing: input\.manifest\.out; without a request file: README\.txt/);
  });
});

describe("compressed files", () => {
  test("are read by their content, whichever side and whatever name", async () => {
    write("in/a.jsonl.gz", gzipSync(request(0)));
    write("answers/a.jsonl.gz.out", answer(0.5));
    write("in/b.jsonl", gzipSync(request(1)));
    write("answers/b.jsonl.out.gz", Buffer.concat([gzipSync("1."), gzipSync("5\n")]));
    write("in/c.jsonl.gz", request(2));
    write("answers/c.jsonl.out", gzipSync(answer(2.5)));
    expect(await stitch()).toMatchObject({ files: 3 });
    expect(await table(rows)).toEqual([0, 1, 2].map((id) => ({ r: id, id, p: id + 0.5 })));
    expect(readdirSync(lab.path(".")).sort()).toEqual(["answers", "in", "out"]);
  });

  test.each([
    ["cut off", gzipSync(request(0, 1, 2)).subarray(0, 20), "cannot be decompressed"],
    ["of Zstandard", Buffer.from("28b52ffd04", "hex"), "is compressed with Zstandard"],
    ["of Parquet", Buffer.from("PAR1\x15\x04"), "is a Parquet file"],
    ["in UTF-16", Buffer.from(`\uFEFF${request(0)}`, "utf16le"), "is text in UTF-16"],
  ])("that are %s are named, with what to do", async (_what, content, complaint) => {
    write("in/a.jsonl", content);
    write("answers/a.jsonl.out", answer(0.5));
    expect(await rejection()).toMatch(new RegExp(`${lab.path("in/a.jsonl")} ${complaint}.*(UTF-8|again)`));
  });

  test("with two possible answers are not guessed", async () => {
    write("in/a.jsonl", request(0));
    write("answers/a.jsonl.out", answer(0.5));
    write("answers/a.jsonl.out.gz", gzipSync(answer(0.7)));
    expect(await rejection()).toContain("a.jsonl could belong to a.jsonl.out, a.jsonl.out.gz");
    write("in/b.jsonl", request(0));
    write("in/b.jsonl.gz", request(0));
    write("answers/b.jsonl.out", answer(0.5));
    expect(await rejection()).toContain("could belong to");
  });
});

describe("answers that JoinSource joined with their input", () => {
  test("are taken from below SageMakerOutput, if what they were joined with is their request", async () => {
    write("in/a.jsonl", '{"id":1,"x":[1.0]}\n{"id":2,"x":[1]}\n{"id":3,"x":null}\n{"id":4,"x":null}\n');
    write(
      "answers/a.jsonl.out",
      '{"id":1,"x":[1],"SageMakerOutput":5}\n{"x":[1.0],"id":2,"SageMakerOutput":9007199254740993}\n' +
        '{"id":4,"x":null,"SageMakerOutput":4}\n{"id":4,"x":null}\n',
    );
    write("in/b.jsonl", '{"id":5}\n');
    write("answers/b.jsonl.out", '{"SageMakerOutput":{"error":"late"},"id":5}\n');
    write("in/c.jsonl", '{"id":1}\n');
    write("answers/c.jsonl.out", '{"SageMakerOutput":2}\n');
    expect(await stitch()).toMatchObject({ rows: 6, dead_lettered: 3 });
    expect(await table("id::int as id, prediction::varchar as p")).toEqual([
      { id: 1, p: "5" },
      { id: 2, p: "9007199254740993" },
      { id: 1, p: "2" },
    ]);
    expect(await deadLetters("id::int as id, _error_code as code")).toEqual([
      { id: 3, code: "ECHOED_ID_MISMATCH" },
      { id: 4, code: "RESPONSE_INVALID" },
      { id: 5, code: "ROW_FAILED" },
    ]);
  });

  test("may be to several rows, or to input that is no object", async () => {
    write("in/a.jsonl", '{"instances":[{"id":0},{"id":1}]}\n');
    write("answers/a.jsonl.out", '{"instances":[{"id":0},{"id":1}],"SageMakerOutput":{"predictions":[0.5,1.5]}}\n');
    expect(await stitch()).toMatchObject({ rows: 2 });
    expect(await table("id::int as id, prediction::double as p")).toEqual([0, 1].map((id) => ({ id, p: id + 0.5 })));
    write("in/a.jsonl", "[[1,2]]\n");
    write("answers/a.jsonl.out", '{"SageMakerInput":[[1,2]],"SageMakerOutput":[0.5]}\n');
    expect(await stitch()).toMatchObject({ rows: 1 });
    expect(await table("prediction::double as p")).toEqual([{ p: 0.5 }]);
  });

  test("of CSV are not guessed: an option says whether the cells of the request are predictions", async () => {
    write("in/a.csv", '1,"x, y"\n2,z\n');
    write("answers/a.csv.out", '1.0,"x, y",0.5\n2,z,"a, ""b"""\n');
    expect(await rejection()).toMatch(/begins with the cells of its request.*--joined.*--no-joined/);
    expect(existsSync(lab.path("out"))).toBe(false);
    write("answers/a.csv.out", '1.0,"x, y",0.5\n2,z,1.5\n');
    await stitch({ joined: true });
    expect(await table("c0, prediction::double as p")).toEqual([
      { c0: "1", p: 0.5 },
      { c0: "2", p: 1.5 },
    ]);
    await stitch({ joined: false });
    expect(await table("p0::int as p0, p2")).toEqual([
      { p0: 1, p2: 0.5 },
      { p0: 2, p2: 1.5 },
    ]);
    write("answers/a.csv.out", "2,z,1.5\n2,z,2.5\n");
    expect(await stitch({ joined: true })).toMatchObject({ dead_lettered: 1 });
    expect(await table("c0, prediction::double as p")).toEqual([{ c0: "2", p: 2.5 }]);
  });
});

describe("text", () => {
  test("of CSV may have line breaks in its cells, on either side", async () => {
    write("in/a.csv", '1,"two\r\nlines, ""quoted"""\n2,"a\n\nb"\n3,5" disk\n');
    write("answers/a.csv.out", '"late\nby a day",0.5\r\nfine,1.5\r\n["a","b\\""]\r\n');
    expect(await rejection()).toContain("line");
    write("answers/a.csv.out", '"late\nby a day",0.5\r\nfine,1.5\r\n{"p0":"b\\"","p1":2}\r\n');
    expect(await stitch()).toMatchObject({ lines: 3, rows: 3 });
    expect(await table("c0, c1, p0, p1")).toEqual([
      { c0: "1", c1: 'two\r\nlines, "quoted"', p0: "late\nby a day", p1: 0.5 },
      { c0: "2", c1: "a\n\nb", p0: "fine", p1: 1.5 },
      { c0: "3", c1: '5" disk', p0: 'b"', p1: 2 },
    ]);
  });

  test("of CSV with a quote that is never closed is reported with its line", async () => {
    write("in/a.csv", '1,x\n2,"y\n3,z\n');
    write("answers/a.csv.out", "1\n2\n3\n");
    expect(await rejection()).toContain("a quote opens in line 2 and is never closed");
    write("in/a.csv", "1,x\n2,y\n3,z\n");
    write("answers/a.csv.out", '1\n"oops\n3\n');
    expect(await rejection()).toContain("A quote opens in its line 2 and is never closed");
  });

  test("may begin with a byte order mark, in each file and each answer, and hold U+2028", async () => {
    const mark = "\uFEFF";
    write("in/a.jsonl", `${mark}{"id":0,"t":"a\u2028b"}\n${mark}{"id":1,"t":null}\n`);
    write("answers/a.jsonl.out", `${mark}"x\u2028y"\n${mark}"z"\n`);
    expect(await stitch()).toMatchObject({ rows: 2 });
    expect(await table("t, prediction as p")).toEqual([
      { t: "a\u2028b", p: "x\u2028y" },
      { t: null, p: "z" },
    ]);
  });

  test("shows its protocol by a whole first line, also if that holds U+2028 or is behind an empty one", async () => {
    write("in/a.jsonl", '{"instances":[{"t":"a\u2028b"}]}\n');
    write("answers/a.jsonl.out", '{"predictions":[1]}\n');
    await stitch();
    expect(await table("t, prediction::int as p")).toEqual([{ t: "a\u2028b", p: 1 }]);
  });

  test("may have no last line break, and be empty on both sides", async () => {
    write("in/a.jsonl", request(0, 1).trimEnd());
    write("answers/a.jsonl.out", answer(0.5, 1.5).trimEnd());
    write("in/b.jsonl", "");
    write("answers/b.jsonl.out", "");
    write("in/c.jsonl", gzipSync(""));
    write("answers/c.jsonl.out", "");
    expect(await stitch()).toMatchObject({ files: 3, rows: 2 });
    write("answers/b.jsonl.out", answer(1));
    expect(await rejection()).toContain("b.jsonl.out has 1 line, its request file b.jsonl has 0");
  });
});

describe("JSON over several lines", () => {
  const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

  test("is read if each document shows its rows, on either side", async () => {
    write(
      "in/a.jsonl",
      `${pretty({
        instances: [
          { id: 0, t: "}\n{".trim() },
          { id: 1, t: '"' },
        ],
      })}\n${pretty({ instances: [{ id: 2 }] })}`,
    );
    write("answers/a.jsonl.out", `${pretty({ predictions: [0, 1] })}${pretty({ predictions: [2] })}\n`);
    expect(await stitch()).toMatchObject({ lines: 2, rows: 3 });
    expect(await table("id::int as id, t, prediction::int as p")).toEqual([
      { id: 0, t: "}\n{".trim(), p: 0 },
      { id: 1, t: '"', p: 1 },
      { id: 2, t: null, p: 2 },
    ]);
    write("in/a.jsonl", pretty([{ id: 0 }, { id: 1 }]));
    write("answers/a.jsonl.out", "[\n  0,\n  1\n]\n");
    await stitch();
    expect(await table("id::int as id, prediction::int as p")).toEqual([
      { id: 0, p: 0 },
      { id: 1, p: 1 },
    ]);
  });

  test.each([
    ["a document for each row", '{\n "p": 0\n}{\n "p": 1\n}{\n "p": 2\n}{\n "p": 3\n}'],
    ["a list of as many lines as there are rows", "[\n 0.25,\n 0.75\n]"],
    ["documents on one line", '{"p":0}{"p":1}{"p":2}{"p":3}'],
  ])("is rejected for one row a line: %s", async (_what, answers) => {
    write("in/a.jsonl", request(0, 1, 2, 3));
    write("answers/a.jsonl.out", answers);
    expect(await rejection()).toMatch(/JSON documents? that (is|are) not on a line each.*AssembleWith=Line/);
  });

  test("costs the rows of an answer that is cut, and no others", async () => {
    write("in/a.jsonl", request(0, 1));
    write("answers/a.jsonl.out", '{"p":\n{"p":1}\n');
    expect(await stitch()).toMatchObject({ dead_lettered: 1 });
    expect(await table("id::int as id, p::int as p")).toEqual([{ id: 1, p: 1 }]);
  });
});

describe("dead letters", () => {
  const files = (): string[] => readdirSync(lab.path("out.dead-letter"), { recursive: true }).map(String).sort();

  test("of the time before go only when a new table is published; files of others stay", async () => {
    write("in/ds=1/a.jsonl", request(0, 1));
    write("answers/ds=1/a.jsonl.out", '0.5\n{"error":"late"}\n');
    await stitch();
    write("out.dead-letter/mine.parquet", "x");
    write("out.dead-letter/ds=1/notes.parquet", "x");
    const before = files();
    write("answers/ds=1/a.jsonl.out", '0.5\n{"error":"late"}\n7\n');
    expect(await rejection()).toContain("has 3 lines");
    expect(files()).toEqual(before);
    write("answers/ds=1/a.jsonl.out", '{"error":"late"}\n{"error":"late"}\n');
    expect(await rejection()).toContain("nothing was published");
    expect(files()).toEqual(expect.arrayContaining(before));
    expect(files().length).toBe(before.length + 2);
    write("answers/ds=1/a.jsonl.out", answer(0.5, 1.5));
    await stitch();
    expect(files()).toEqual(["ds=1", "ds=1/notes.parquet", "mine.parquet"]);
  });

  test("are replaced, with their folders; a record that names files of others removes none", async () => {
    write("in/ds=1/a.jsonl", request(0, 1));
    write("answers/ds=1/a.jsonl.out", '0.5\n{"error":"late"}\n');
    await stitch();
    write("precious.parquet", "x");
    write("out.dead-letter/mine.parquet", "x");
    write(
      "out.dead-letter/_stitch-x.json",
      '{"files":["../precious.parquet","mine.parquet","../precious.x.parquet",7]}',
    );
    write("precious.x.parquet", "x");
    write("out.dead-letter/_stitch-y.json", "no JSON");
    write("answers/ds=1/a.jsonl.out", answer(0.5, 1.5));
    await stitch();
    expect(files()).toEqual(["mine.parquet"]);
    expect(existsSync(lab.path("precious.parquet")) && existsSync(lab.path("precious.x.parquet"))).toBe(true);
  });
});
