import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../../src/core/errors/error-codes.ts";
import { ERROR_CODES, ERRORS } from "../../src/core/errors/error-codes.ts";

const page = readFileSync(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");
const headings = [...page.matchAll(/^### `([A-Z_]+)` \((\d)\)$/gm)].map(([, code, exit]) => ({
  code,
  exit: Number(exit),
}));

describe("docs/reference/errors.md", () => {
  it("has an entry for every code, and none for a code that does not exist", () => {
    expect(headings.map(({ code }) => code).sort()).toEqual([...ERROR_CODES].sort());
  });

  it("says of each code how the command line exits", () => {
    expect(headings).toEqual(headings.map(({ code }) => ({ code, exit: ERRORS[code as ErrorCode].exit })));
  });
});

describe("the error codes", () => {
  it("are all used: no code is left that nothing throws", async () => {
    const { globSync } = await import("node:fs");
    const root = new URL("../../", import.meta.url);
    const sources = globSync("src/**/*.ts", { cwd: root })
      .filter((path) => !path.endsWith("error-codes.ts"))
      .map((path) => readFileSync(new URL(path, root), "utf8"))
      .join("\n");
    expect(ERROR_CODES.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
  });
});
