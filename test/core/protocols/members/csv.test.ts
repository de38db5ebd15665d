import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseRecord, splitRecords } from "../../../../src/core/protocols/csv-records.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";
import { csvAnswerJson } from "../../../../src/core/protocols/responses/csv-answer.ts";

describe("records of CSV", () => {
  const cell = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("", '"', '""', ",", "\n", "\r\n", 'a "b", c', "\r", "1", " "),
  );

  test("come back as they were written, whatever their cells hold", () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1 }), (table) => {
        const text = table
          .map((cells) => cells.map((each) => `"${each.replaceAll('"', '""')}"`).join(","))
          .join("\r\n");
        expect(splitRecords(text).map((record) => parseRecord(record).map((each) => each.text))).toEqual(table);
      }),
    );
  });

  test.each([
    ["a,b", [["a", "b"]]],
    ["a,b\n", [["a", "b"]]],
    ["a,", [["a", ""]]],
    [",", [["", ""]]],
    ["\n1\n", [[""], ["1"]]],
    ['a"b,c"d\ne', [['a"b', 'c"d'], ["e"]]],
    ['"a"b,c', [["ab", "c"]]],
    ['"a\nb",c', [["a\nb", "c"]]],
    ['"open', [["open"]]],
    ["", []],
  ])("are read from %j", (text, expected) => {
    expect(splitRecords(text).map((record) => parseRecord(record).map((each) => each.text))).toEqual(expected);
  });

  test("name columns that hold commas, quotes and nothing", () => {
    expect(PROTOCOLS.csv.header(["a", "b,c", 'd"', ""])).toBe('a,"b,c","d""",""');
  });
});

describe("an answer line of CSV", () => {
  test.each([
    ["0.5", "0.5"],
    ["9007199254740993", "9007199254740993"],
    ["1e-7", "1e-7"],
    ["", "null"],
    ["null", "null"],
    ["true", "true"],
    ["late", '"late"'],
    ["007", '"007"'],
    ['"12"', '"12"'],
    ['"say ""yes"""', '"say \\"yes\\""'],
    ["0.1,0.9", '{"p0":0.1,"p1":0.9}'],
    ['0.1,late,,"a,b"', '{"p0":0.1,"p1":"late","p2":null,"p3":"a,b"}'],
    ['{"error":"bad"}', '{"error":"bad"}'],
    ["[0.1, 0.9]", "[0.1, 0.9]"],
  ])("%s is %s", (line, json) => {
    expect(csvAnswerJson(line)).toBe(json);
  });

  test.each(["nan", "NaN", "-inf", "0.5,Infinity"])("%s fails its row, or is null if the job says so", (line) => {
    expect(JSON.parse(csvAnswerJson(line))).toMatchObject({ error: { code: "RESPONSE_INVALID" } });
    expect(csvAnswerJson(line, true)).toMatch(/null/);
  });
});
