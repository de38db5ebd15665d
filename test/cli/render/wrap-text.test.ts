import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { wrapText } from "../../../src/cli/render/wrap-text.ts";

describe("wrapped text", () => {
  it("indents what follows a break as its line is indented", () => {
    expect(wrapText("  - one two three", 12)).toBe("  - one two\n    three");
  });

  it("loses and adds nothing but breaks and indents", () => {
    const words = (text: string): string[] => text.split(/\s+/);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z/]{1,12}$/)), fc.integer({ min: 1, max: 30 }), (list, width) => {
        const text = list.join(" ");
        expect(words(wrapText(text, width))).toEqual(words(text));
      }),
    );
  });

  it("makes no line longer than the width, unless one word is", () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/)), fc.integer({ min: 8, max: 30 }), (list, width) => {
        for (const line of wrapText(list.join(" "), width).split("\n")) expect(line.length).toBeLessThanOrEqual(width);
      }),
    );
  });
});
