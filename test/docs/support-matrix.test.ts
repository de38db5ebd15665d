import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { renderSupportMatrix, SUPPORT_MATRIX_PATH } from "../../scripts/generate-support-matrix.ts";
import { BUILTIN_BACKENDS } from "../../src/backends/builtin-backends.ts";

const repository = new URL("../../", import.meta.url);

describe("the support matrix", () => {
  it("says what the backends' capabilities say (npm run generate)", async () => {
    const plugins = await Promise.all(BUILTIN_BACKENDS.map((backend) => backend.load()));
    expect(readFileSync(new URL(SUPPORT_MATRIX_PATH, repository), "utf8")).toBe(renderSupportMatrix(plugins));
  });

  it.each(BUILTIN_BACKENDS)("has a page on $id to point at", ({ id }) => {
    expect(existsSync(new URL(`docs/reference/backends/${id}.md`, repository))).toBe(true);
  });

  it.each(BUILTIN_BACKENDS)("loads $id under its own id", async ({ id, load }) => {
    expect((await load()).id).toBe(id);
  });
});
