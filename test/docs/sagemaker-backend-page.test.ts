import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sagemakerOptionsSchema } from "../../src/backends/sagemaker/sagemaker-options-schema.ts";

describe("the page on the sagemaker backend", () => {
  it("has one row for each option, and no other", () => {
    const page = readFileSync(new URL("../../docs/reference/backends/sagemaker.md", import.meta.url), "utf8");
    const rows = Array.from(page.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name);
    expect(rows).toEqual(Object.keys(sagemakerOptionsSchema.shape));
  });
});
