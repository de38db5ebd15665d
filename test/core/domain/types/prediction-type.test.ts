import { describe, expect, it } from "vitest";
import { parsePredictionType, parsePredictionTypes } from "../../../../src/core/domain/types/parse-prediction-type.ts";
import { errorOf } from "../../job/sample-job.ts";

describe("a type of the contract", () => {
  it.each([
    ["boolean", { kind: "boolean" }],
    ["INTEGER", { kind: "int64" }],
    [" uint64 ", { kind: "uint64" }],
    ["varchar", { kind: "string" }],
    ["timestamp", { kind: "timestamp" }],
    ["list<double>", { kind: "list", element: { kind: "double" } }],
    ["double NOT NULL", { kind: "double", notNull: true }],
    ["list<double not null> not null", { kind: "list", element: { kind: "double", notNull: true }, notNull: true }],
    ["List < list<int8> >", { kind: "list", element: { kind: "list", element: { kind: "int8" } } }],
    [
      "struct<a: double, `b c`: list<struct<list: string>>>",
      {
        kind: "struct",
        fields: [
          { name: "a", type: { kind: "double" } },
          {
            name: "b c",
            type: { kind: "list", element: { kind: "struct", fields: [{ name: "list", type: { kind: "string" } }] } },
          },
        ],
      },
    ],
  ])("%s is understood", (text, expected) => {
    expect(parsePredictionType(text)).toEqual(expected);
  });

  it.each([
    ["", "found the end"],
    ["bool", "expected one of boolean"],
    ["constructor", "expected one of boolean"],
    ["list", "expected `<`, found the end"],
    ["list<>", "expected one of boolean"],
    ["list<double", "expected `>`, found the end"],
    ["list<double>>", "expected the end, found `>`"],
    ["double double", "expected the end, found `double`"],
    ["double not", "expected `null`, found the end"],
    ["struct<>", "expected the name of a field, found `>`"],
    ["struct<a double>", "expected `:`, found `double`"],
    ["struct<a: double, a: int8>", "names the field `a` twice"],
    ["decimal(3)", "not understood from `(3)` on"],
  ])("%j is rejected with the place where it goes wrong", async (text, message) => {
    const error = await errorOf(() => parsePredictionType(text));
    expect(error.code).toBe("JOB_INVALID");
    expect(error.message).toContain(message);
  });

  it("is in the order of the contract", () => {
    const types = parsePredictionTypes({ z: "double", a: "string" });
    expect(types?.map(({ name }) => name)).toEqual(["z", "a"]);
    expect(parsePredictionTypes(undefined)).toBeNull();
  });
});
