import { describe, expect, test } from "vitest";
import type { TypedColumn } from "../../../src/core/frames/column-type.ts";
import { featureWarnings } from "../../../src/core/pipeline/feature-warnings.ts";

const utc = { inner: "UTC" };
const columns: TypedColumn[] = [
  { name: "id", type: "Int64" },
  { name: "day", type: "Date" },
  { name: "at", type: { Datetime: ["Microseconds", null] } },
  { name: "since", type: { Datetime: ["Microseconds", utc] } },
];

const warned = (protocol: Parameters<typeof featureWarnings>[1], names: readonly string[]): string =>
  featureWarnings(
    columns.filter(({ name }) => names.includes(name)),
    protocol,
  ).join("\n");

describe("check warns of", () => {
  test.each(["instances", "dataframe_split", "dataframe_records"] as const)(
    "timestamps with a zone in %s",
    (protocol) => {
      expect(warned(protocol, ["id", "since"])).toMatch(/time zone \("since"\)/);
    },
  );

  test("timestamps whose fraction digits may differ", () => {
    expect(warned("dataframe_split", ["at"])).toMatch(/fraction digits \("at"\)/);
  });

  test("dates in CSV", () => {
    expect(warned("csv", ["day", "at", "since"])).toMatch(/in CSV \("day", "at", "since"\)/);
  });

  test.each([
    ["records", ["day", "at", "since"]],
    ["json_lines", ["since"]],
    ["dataframe_split", ["id", "day"]],
    ["csv", ["id"]],
  ] as const)("nothing that MLflow takes, or that is not sent to it: %s with %s", (protocol, names) => {
    expect(warned(protocol, names)).toBe("");
  });
});
