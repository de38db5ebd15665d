import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { codeBlocks } from "./support/markdown.ts";

/** Everything that a user takes variables of the environment from: blocks of pages, the compose file, and what the demo prints. */
const texts = [
  ...markdownPages().flatMap((page) =>
    codeBlocks(readFileSync(join(root, page), "utf8")).map(({ text, line }) => ({ place: `${page}:${line}`, text })),
  ),
  ...["docker-compose.yml", "scripts/local-cloud/start-local-cloud.ts"].map((place) => ({
    place,
    text: readFileSync(join(root, place), "utf8"),
  })),
];
const settings = texts.filter(({ text }) => /\bAWS_REGION(=|:)/.test(text));

describe("where the region is set by the environment", () => {
  it("finds the places that set it", () => {
    expect(settings.map(({ place }) => place.replace(/:\d+$/, ""))).toEqual(
      expect.arrayContaining(["docs/guides/local-cloud.md", "docker-compose.yml"]),
    );
  });

  // boto3 and version 1 of the AWS CLI do not read AWS_REGION.
  it.each(settings)("boto3 finds it, too: $place", ({ text }) => {
    const values = (name: string): string[] =>
      Array.from(text.matchAll(new RegExp(`\\b${name}(?:=|:\\s*)"?([\\w-]+)`, "g")), ([, value = ""]) => value);
    expect(values("AWS_DEFAULT_REGION")).toEqual(values("AWS_REGION"));
  });
});
