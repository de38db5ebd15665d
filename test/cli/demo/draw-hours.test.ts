import { describe, expect, it } from "vitest";
import { bar, drawHours, sparkline } from "../../../src/cli/demo/draw-hours.ts";
import { plainStyle } from "../../../src/cli/render/style.ts";

const hours = [
  { hour: 0, flights: 12, predicted: 0.5, happened: 0.25, histogram: [0, 0, 6, 0, 0, 6, 0, 0, 0, 0] },
  { hour: 13, flights: 1_234_567, predicted: 0.125, happened: 1, histogram: [1_234_000, 567, 0, 0, 0, 0, 0, 0, 0, 0] },
];

describe("the picture of the hours", () => {
  it("draws the longest bar for the largest probability and the others to scale", () => {
    const [, first, second] = drawHours(hours, 100, plainStyle).split("\n");
    expect(first?.match(/█+/)?.[0]).toHaveLength(32);
    expect(second?.match(/█+/)?.[0]).toHaveLength(8);
  });

  it.each([20, 30, 44, 45, 59, 60, 69, 70, 80, 200])("fits into a terminal %i columns wide", (width) => {
    const lines = drawHours(hours, width, plainStyle).trimEnd().split("\n");
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
  });

  it("leaves out in a narrow terminal what matters least, and keeps hour, bar and probability", () => {
    expect(drawHours(hours, 30, plainStyle)).toBe(
      ["hour  late           predicted", "  00  █████████████     50.0 %", "  13  ███▎              12.5 %", ""].join(
        "\n",
      ),
    );
  });

  it("is drawn of no hours, too", () => {
    expect(drawHours([], 80, plainStyle).trimEnd().split("\n")).toHaveLength(1);
  });
});

it("a bar is exact to an eighth of a character", () => {
  expect([0, 1 / 8, 0.5, 1].map((share) => bar(share, 1))).toEqual(["", "▏", "▌", "█"]);
});

it("a histogram shows the least count above zero, and blanks for zero", () => {
  expect(sparkline([0, 1, 500, 1000])).toBe(" ▁▄█");
});
