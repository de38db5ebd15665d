import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const repository = new URL("../../", import.meta.url);

function read(path: string): string {
  return readFileSync(new URL(path, repository), "utf8");
}

describe("the guide to adding a backend", () => {
  it("shows its snippets as they are tested", () => {
    const guide = read("docs/guides/add-a-backend.md");
    const shown = Array.from(guide.matchAll(/<!-- (docs\/snippets\/[\w-]+\.ts) -->\n\n```ts\n(.*?)```/gs));
    expect(shown).toHaveLength(2);
    for (const [, path, code] of shown) expect(code).toBe(read(path ?? ""));
  });
});
