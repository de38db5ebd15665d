import { describe, expect, test } from "vitest";
import type { SentColumn } from "../../../../src/core/domain/sent-column.ts";
import { PROTOCOL_IDS } from "../../../../src/core/protocols/protocols.ts";
import { featureWarnings } from "../../../../src/core/use-cases/check/feature-warnings.ts";

const columns: SentColumn[] = [
  { name: "id", type: "Int64", hasNull: false },
  { name: "day", type: "Date", hasNull: false },
  { name: "at", type: { Datetime: ["Microseconds", null] }, hasNull: false },
  { name: "since", type: { Datetime: ["Microseconds", { inner: "UTC" }] }, hasNull: false },
  { name: "count", type: "Int32", hasNull: true },
  { name: "price", type: "Float64", hasNull: true },
  { name: "late", type: "Boolean", hasNull: false },
  { name: "rain", type: "Boolean", hasNull: true },
  { name: "note", type: "String", hasNull: true },
  { name: "word", type: "String", hasNull: false },
  { name: "big", type: "UInt64", hasNull: false },
];

const warned = (protocol: Parameters<typeof featureWarnings>[1], names: readonly string[]): string =>
  featureWarnings(
    columns.filter(({ name }) => names.includes(name)),
    protocol,
  ).join("\n");

/** The servers themselves are asked in test/servers/mlflow-types.test.ts. */
describe("check warns of", () => {
  test.each(["dataframe_split", "dataframe_records"] as const)("timestamps with a zone in %s", (protocol) => {
    expect(warned(protocol, ["id", "since"])).toMatch(/time zone \("since"\)/);
  });

  test("timestamps whose fraction digits may differ", () => {
    expect(warned("dataframe_split", ["at"])).toMatch(/fraction digits \("at"\)/);
  });

  test("dates in CSV", () => {
    expect(warned("csv", ["day", "at", "since"])).toMatch(/in CSV \("day", "at", "since"\)/);
  });

  test.each(["dataframe_split", "dataframe_records", "instances"] as const)(
    "nulls that become something in %s",
    (protocol) => {
      expect(warned(protocol, ["late", "rain"])).toMatch(/as false \("rain"\)/);
      expect(warned(protocol, ["id", "count", "price"])).toMatch(/whole numbers.*\("count"\)/);
    },
  );

  test("texts that would say None, if the protocol is instances", () => {
    expect(warned("instances", ["note", "word"])).toMatch(/None .*\("note"\)/);
    expect(warned("dataframe_split", ["note"])).toBe("");
  });

  test("unsigned numbers that would become negative", () => {
    expect(warned("dataframe_split", ["id", "big"])).toMatch(/negative ones \("big"\)/);
  });

  test("what is text in a tensor although it is not text", () => {
    expect(warned("open_inference", ["id", "day", "at"])).toMatch(/"day", "at", which are sent as text/);
    expect(warned("open_inference", ["id"])).toBe("");
  });

  test.each([
    ["records", ["day", "at", "since", "rain", "note", "count", "big"]],
    ["json_lines", ["since", "rain"]],
    ["dataframe_split", ["id", "day", "price", "late", "word"]],
    ["instances", ["since", "at"]],
    ["csv", ["id"]],
  ] as const)("nothing that MLflow takes, or that is not sent to it: %s with %s", (protocol, names) => {
    expect(warned(protocol, names)).toBe("");
  });

  test("nothing at all if nothing can go wrong", () => {
    for (const protocol of PROTOCOL_IDS) expect(warned(protocol, ["id", "price", "late", "word"])).toBe("");
  });
});
