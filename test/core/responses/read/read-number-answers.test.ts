import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { column, pl, structField } from "../../../../src/core/polars/polars.ts";
import { PROTOCOLS } from "../../../../src/core/protocols/protocols.ts";
import { decodeAnswers } from "../../../../src/core/responses/read/decode-answers.ts";
import type { DecodedAnswers } from "../../../../src/core/responses/read/decoded-answers.ts";
import { readLines } from "../../../../src/core/responses/read/read-lines.ts";
import { readNumberAnswers } from "../../../../src/core/responses/read/read-number-answers.ts";
import type { Lab } from "../../stages/support/lab.ts";
import { createLab } from "../../stages/support/lab.ts";

let lab: Lab;
beforeAll(() => {
  lab = createLab();
});
afterAll(() => lab.remove());

type Protocol = "instances" | "records" | "json_lines";

/** Both ways of reading a file: the quick one, which may decline, and the general one. */
function readBothWays(text: string, lineRows: readonly number[], protocol: Protocol = "instances") {
  const path = lab.path("answers.out");
  writeFileSync(path, text);
  const quick = readNumberAnswers(path, lineRows, PROTOCOLS[protocol]);
  const general = (): DecodedAnswers => {
    const lines = readLines(path);
    expect(lines.height).toBe(lineRows.length);
    return decodeAnswers({ shard: 0, lines, lineRows, protocol: PROTOCOLS[protocol] });
  };
  return { quick: quick === null ? null : contentOf(quick), general: () => contentOf(general()) };
}

/** Every value as text, which has all digits of a number and the sign of a zero. */
function contentOf({ predictions, type, failures }: DecodedAnswers) {
  const whole = column("prediction");
  const fields =
    typeof type === "object" && "Struct" in type ? type.Struct.map(({ name }) => structField(whole, name)) : [whole];
  const texts = predictions.lazy().select(...fields.map((field, index) => field.cast(pl.Utf8).alias(`v${index}`)));
  const values = texts
    .collectSync()
    .getColumns()
    .map((values) => values.toArray() as (string | null)[]);
  return { type, values, failures };
}

describe("answers of numbers and booleans are read", () => {
  test.each<[string, string, number[], Protocol]>([
    ["integers", '{"predictions":[0,-1,999999999999999]}\n{"predictions":[7]}\n', [3, 1], "instances"],
    ["floats", '{"predictions":[0.1,-2.50,3.0000000000000004,1e-7,1E+2,-0.0,5e-324]}\n', [7], "instances"],
    ["integers among floats", '{"predictions":[1]}\n{"predictions":[0.5]}\n', [1, 1], "instances"],
    ["booleans", '{"predictions":[true,false]}\n', [2], "instances"],
    [
      "objects",
      '{"predictions":[{"label":1,"p one":0.5,"ok":true},{"label":0,"p one":1,"ok":false}]}',
      [2],
      "instances",
    ],
    ["blanks between", '{"predictions": [{"a": 1, "b": 2.5}, {"a": 2, "b": 3.5}]}\r\n', [2], "instances"],
    ["lists without a key", "[1, 2]\n[3]\n", [2, 1], "records"],
    ["lists under a key where they need none", '{"predictions":[{"a":1},{"a":2}]}', [2], "records"],
    ["one value a line", "1\n2.5\n", [1, 1], "json_lines"],
    ["one object a line", '{"a":1}\n{"a":2}\n', [1, 1], "json_lines"],
  ])("%s", (_what, text, lineRows, protocol) => {
    const { quick, general } = readBothWays(text, lineRows, protocol);
    expect(quick).not.toBeNull();
    expect(quick).toEqual(general());
  });
});

describe("left to the general way are", () => {
  test.each<[string, string, number[]]>([
    ["texts", '{"predictions":["a"]}', [1]],
    ["nulls", '{"predictions":[1,null]}', [2]],
    ["lists", '{"predictions":[[1]]}', [1]],
    ["objects in objects", '{"predictions":[{"a":{"b":1}}]}', [1]],
    ["what may be an error object", '{"predictions":[{"error":1}]}', [1]],
    ["an error object after numbers", '{"predictions":[1,{"error":"bad"}]}', [2]],
    ["other keys next to the predictions", '{"predictions":[1],"model":"m"}', [1]],
    ["other keys before the predictions", '{"model":"m","predictions":[1]}', [1]],
    ["keys in another order", '{"predictions":[{"a":1,"b":2},{"b":1,"a":2}]}', [2]],
    ["a key too few", '{"predictions":[{"a":1,"b":2},{"a":1}]}', [2]],
    ["a key too many", '{"predictions":[{"a":1},{"a":1,"b":2}]}', [2]],
    ["a key twice", '{"predictions":[{"a":1,"a":2}]}', [1]],
    ["a number among booleans", '{"predictions":[true,1]}', [2]],
    ["a boolean among numbers", '{"predictions":[1,true]}', [2]],
    ["integers that a double does not hold", '{"predictions":[9007199254740993]}', [1]],
    ["a whole negative zero", '{"predictions":[-0]}', [1]],
    ["a number without end", '{"predictions":[0.5,1e999]}', [2]],
    ["a list that is not under its key", "[1]", [1]],
    ["a prediction too few", '{"predictions":[1]}', [2]],
    ["a prediction too many", '{"predictions":[1,2]}', [1]],
    ["a line too few", '{"predictions":[1]}\n', [1, 1]],
    ["a line too many", '{"predictions":[1]}\n{"predictions":[1]}\n', [1]],
    ["a blank line at the end", '{"predictions":[1]}\n\n', [1]],
    ["a line that is cut off", '{"predictions":[1', [1]],
    ["two documents on a line", '{"predictions":[1]}{"predictions":[1]}\n', [1]],
    ["a byte order mark", '\uFEFF{"predictions":[1]}', [1]],
    ...["01", "+1", ".5", "1.", "1.e5", "1e", "1e+", "--1", "0x1", "NaN", "Infinity", "1_0", "1,", "tru", "truee"].map(
      (wrong): [string, string, number[]] => [wrong, `{"predictions":[${wrong}]}`, [1]],
    ),
    ["nothing", "", []],
  ])("%s", (_what, text, lineRows) => {
    expect(readBothWays(text, lineRows).quick).toBeNull();
  });
});

describe("no file is read otherwise than the general way reads it", () => {
  const integer = fc.integer({ min: -1e9, max: 1e9 }).map(String);
  const float = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.double({ min: -1, max: 1, noNaN: true }).map((value) => value.toFixed(6)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(20)),
  );
  const number = fc.oneof(integer, float, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String));
  const boolean = fc.boolean().map(String);
  const kind = fc.constantFrom(integer, float, number, boolean);
  const keys = fc.uniqueArray(fc.constantFrom("a", "b.c", "label", "p one", "error"), { maxLength: 3 });
  const space = fc.constantFrom("", "", " ");

  const file = fc
    .record({
      keys,
      kinds: fc.array(kind, { minLength: 3, maxLength: 3 }),
      rows: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
      space,
    })
    .chain(({ keys, kinds, rows, space }) => {
      const scalar = (index: number) => kinds[index] as typeof integer;
      const prediction =
        keys.length === 0
          ? scalar(0)
          : fc
              .tuple(...keys.map((_key, index) => scalar(index)))
              .map(
                (values) => `{${values.map((value, index) => `"${keys[index]}":${space}${value}`).join(`,${space}`)}}`,
              );
      const lines = rows.map((count) => fc.array(prediction, { minLength: count, maxLength: count }));
      return fc.tuple(...lines).map((lines) => ({
        rows,
        text: lines.map((line) => `{"predictions":${space}[${line.join(`,${space}`)}]}\n`).join(""),
      }));
    });

  test("whatever numbers it holds", () => {
    fc.assert(
      fc.property(file, ({ rows, text }) => {
        const { quick, general } = readBothWays(text, rows);
        if (quick !== null) expect(quick).toEqual(general());
      }),
    );
  });

  test("whichever of its characters is another one", () => {
    const character = fc.constantFrom(...'{}[],:"- +.eE0123456789tfn\r\n\t\\a');
    fc.assert(
      fc.property(file, fc.nat(), character, fc.constantFrom(0, 1), ({ rows, text }, place, other, removed) => {
        const at = place % text.length;
        const spoiled = text.slice(0, at) + other + text.slice(at + removed);
        const { quick, general } = readBothWays(spoiled, rows);
        if (quick !== null) expect(quick).toEqual(general());
      }),
      { numRuns: 1000 },
    );
  });
});
