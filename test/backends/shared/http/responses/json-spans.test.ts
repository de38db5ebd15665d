import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  listElements,
  listThatClosesAt,
  listUnderKey,
} from "../../../../../src/backends/shared/http/responses/json-spans.ts";

function texts(json: Buffer, at: number): string[] {
  return listElements(json, at).map(({ start, end }) => json.toString("utf8", start, end));
}

/** Text that looks like JSON's own punctuation, more often than chance would have it. */
const trickyJson = fc.jsonValue({
  stringUnit: fc.constantFrom('"', "\\", "[", "]", "{", "}", ",", ":", " ", "é", "🦊", "\n"),
});

describe("cutting elements out of JSON text", () => {
  it("gives every element of any list back as it was written", () => {
    fc.assert(
      fc.property(fc.array(trickyJson), fc.constantFrom(0, 2), (values, indent) => {
        const text = Buffer.from(JSON.stringify({ before: values, predictions: values }, null, indent));
        const elements = texts(text, listUnderKey(text, "predictions"));
        expect(elements.map((element) => JSON.parse(element))).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it("finds the rows of a request by the bracket that closes them", () => {
    fc.assert(
      fc.property(fc.array(trickyJson), fc.array(fc.string()), (values, columns) => {
        const rows = values.map((value) => JSON.stringify(value));
        const text = Buffer.from(`{"dataframe_split":{"columns":${JSON.stringify(columns)},"data":[${rows}]}}`);
        expect(texts(text, listThatClosesAt(text, text.length - 3))).toEqual(rows);
      }),
    );
  });

  it("looks for the key in the outermost object alone, and takes the last of two", () => {
    const text = Buffer.from('{"a":{"p":[1]},"b":"p","p":[2],"p" : [ 3 ]}');
    expect(texts(text, listUnderKey(text, "p"))).toEqual(["3"]);
  });

  it("says -1 where the value is no list", () => {
    expect(listUnderKey(Buffer.from('{"p":[1],"p":{}}'), "p")).toBe(-1);
    expect(listUnderKey(Buffer.from("[1]"), "p")).toBe(-1);
  });
});
