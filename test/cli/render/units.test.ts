import { describe, expect, it } from "vitest";
import { formatBytes, formatRate, formatSeconds, formatWholeSeconds } from "../../../src/cli/render/units.ts";

describe("numbers for people", () => {
  it.each([
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [1000, "1.0 kB"],
    [999_949, "999.9 kB"],
    [999_950, "1.0 MB"],
    [61_200_000, "61.2 MB"],
    [2_000_000_000_000, "2.0 TB"],
    [5_000_000_000_000_000, "5000.0 TB"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, "0.00 s"],
    [9.994, "9.99 s"],
    [9.996, "10.0 s"],
    [59.94, "59.9 s"],
    [59.96, "1 min 0 s"],
    [192, "3 min 12 s"],
    [3599.6, "1 h 0 min"],
    [7500, "2 h 5 min"],
  ])("writes %d seconds as %s", (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });

  it("writes an estimate without fractions", () => {
    expect(formatWholeSeconds(8.7)).toBe("9 s");
  });

  it("says no speed where nothing was done or no time went by", () => {
    expect(formatRate(0, 3)).toBeNull();
    expect(formatRate(3, 0)).toBeNull();
    expect(formatRate(3_000_000, 15)).toBe("200,000 rows/s");
  });
});
