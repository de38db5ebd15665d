import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import type { Link } from "./support/markdown.ts";
import { anchors, links } from "./support/markdown.ts";

/** A template represents the page that is made of it, and its links start there. */
const PLACES: Readonly<Record<string, string>> = { "scripts/job-file.template.md": "docs/reference/job-file.md" };

const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Why a link of the page leads nowhere; null where it leads somewhere, or out of the repository. */
function complaint(page: string, { target, line }: Link): string | null {
  if (/^(https?|mailto):/.test(target)) return null;
  const [path = "", anchor] = decodeURI(target).split("#");
  const file = path === "" ? page : relative(root, join(root, dirname(PLACES[page] ?? page), path));
  if (path.startsWith("/") || file.startsWith("..")) return `line ${line}: ${target} leads out of the repository`;
  if (!existsSync(join(root, file))) return `line ${line}: ${target} does not exist`;
  if (anchor === undefined || anchors(read(file)).has(anchor)) return null;
  return `line ${line}: ${file} has no heading for #${anchor}`;
}

describe("links", () => {
  it.each(markdownPages())("of %s lead to something", (page) => {
    expect(links(read(page)).flatMap((link) => complaint(page, link) ?? [])).toEqual([]);
  });

  it("would be found out if they led nowhere", () => {
    const found = links("[a](nowhere.md), ![b](b.png)\n[c](README.md#no-such)\n`[code](x.md)`\n\n[d]: gone.md\n");
    expect(found.map((link) => complaint("README.md", link))).toEqual([
      "line 1: nowhere.md does not exist",
      "line 1: b.png does not exist",
      "line 2: README.md has no heading for #no-such",
      "line 5: gone.md does not exist",
    ]);
  });

  it("of docs/README.md lead to every page below docs", () => {
    const pages = markdownPages().filter((page) => page.startsWith("docs/") && page !== "docs/README.md");
    const linked = links(read("docs/README.md")).map(({ target }) => join("docs", target.split("#")[0] ?? ""));
    expect(pages.filter((page) => !linked.includes(join(page)))).toEqual([]);
  });
});
