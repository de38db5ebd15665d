import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { httpOptionsSchema } from "../../src/backends/http/http-options-schema.ts";

describe("the page on the http backend", () => {
  it("has one row for each option, and no other", () => {
    const page = readFileSync(new URL("../../docs/reference/backends/http.md", import.meta.url), "utf8");
    const rows = Array.from(page.matchAll(/^\| `(\w+)(?:\.\w+)?` \|/gm), ([, name]) => name);
    // An option that is an object has a row for each of its keys.
    expect([...new Set(rows)]).toEqual(Object.keys(httpOptionsSchema.shape));
  });
});
