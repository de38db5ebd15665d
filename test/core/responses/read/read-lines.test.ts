import { afterEach, beforeEach, expect, test } from "vitest";
import { readLines } from "../../../../src/core/responses/read/read-lines.ts";
import type { Lab } from "../../stages/support/lab.ts";
import { createLab } from "../../stages/support/lab.ts";

let lab: Lab;

beforeEach(() => {
  lab = createLab();
});

afterEach(() => lab.remove());

test.each([
  ["a line feed at the end ends the last line", "a\nb\n", ["a", "b"]],
  ["the last line may have none", "a\nb", ["a", "b"]],
  ["empty lines count, wherever they are", "\n\na\n\n", ["", "", "a", ""]],
  ["Windows line ends are no part of a line", "a\r\n\r\nb\r\n", ["a", "", "b"]],
  ["a byte order mark is no part of the first line", "\uFEFFa\n", ["a"]],
  ["an empty file has no line", "", []],
  ["quotes, commas and blanks are text", ' "a,\n"b" \n', [' "a,', '"b" ']],
  ["U+0001, at which the fast reader gives up, is text", "\uFEFFa\u0001b\r\n\nc", ["a\u0001b", "", "c"]],
  ["U+2028 ends no line", "a\u2028b\n", ["a\u2028b"]],
])("%s", (_promise, content, lines) => {
  expect(readLines(lab.write("lines.txt", content)).getColumn("line").toArray()).toEqual(lines);
});

test("a path may hold what a glob would expand", () => {
  lab.write("a1.txt", "other\n");
  expect(readLines(lab.write("a[1]*.txt", "own\n")).getColumn("line").toArray()).toEqual(["own"]);
});
