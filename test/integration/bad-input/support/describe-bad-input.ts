import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import type { TestContext } from "vitest";
import { describe, expect, it } from "vitest";

/** What the user sees: the code and the message of an error or a dead letter. */
export type Reported = { readonly code: string; readonly message: string };

/** Declares a case: what is wrong, and a test that provokes it and resolves to what was reported. */
export type DeclareCase = (what: string, provoke: (context: TestContext) => Promise<Reported>) => void;

const PAGE = new URL("../../../../docs/reference/bad-input.md", import.meta.url);

/**
 * A section of the page "Bad input" as tests: each row is provoked, and its code and message are compared with the page word by word. A row
 * without a test fails, too. The page shows `folders` as `…`.
 */
export function describeBadInput(
  section: string,
  folders: () => readonly string[],
  declare: (when: DeclareCase) => void,
) {
  const names: string[] = [];
  describe(section, () => {
    declare((what, provoke) => {
      names.push(what);
      it(what, async (context) => {
        const { code, message } = await provoke(context);
        const row = `| ${what} | \`${code}\` | ${cell(anonymous(message, folders()))} |`;
        expect(rowsOf(section).get(what) ?? `The section "${section}" has no row "${what}".`).toBe(row);
      });
    });
    it("has a test for every row of the page", () => {
      expect([...rowsOf(section).keys()]).toEqual(names);
    });
  });
}

function rowsOf(section: string): Map<string, string> {
  const page = readFileSync(PAGE, "utf8");
  const text = page.split(/^## /m).find((each) => each.startsWith(`${section}\n`)) ?? "";
  const rows = text.split("\n").filter((line) => /^\| (?!what |---)/.test(line));
  return new Map(rows.map((row) => [row.slice(2, row.indexOf(" | ")), row]));
}

/** What differs from run to run and from machine to machine. */
function anonymous(message: string, folders: readonly string[]): string {
  return folders
    .reduce((text, folder) => text.replaceAll(folder, "…"), message)
    .replace(/\d{8}T\d{6}-[a-z0-9]{6}/g, "<run>")
    .replace(/(127\.0\.0\.1:|[Pp]ort )\d+/g, "$1<port>")
    .replace(/sh: (?:\d+: )?(\S+): (?:command )?not found/g, "sh: $1: not found")
    .replace(/There are: [\w, ]+\./, "There are: <backends>.")
    .replace(/process \d+ on/g, "process <pid> on")
    .replaceAll(`process <pid> on ${hostname()}`, "process <pid> on <host>")
    .replace(/shard-(\d{5})-[0-9a-f]{16}/g, "shard-$1-<digest>")
    .replace(/(?<=\/v\d+-<run>-)[0-9a-f]{8}/g, "<token>")
    .replace(/scoreframe-<run>-[0-9a-f]{8}/g, "<job>")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
}

/** A drawing keeps its lines and blanks. */
function cell(message: string): string {
  const text = message.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("|", "\\|").replaceAll("*", "\\*");
  return text.includes("\n") ? `<pre>${text.replaceAll("\n", "<br>")}</pre>` : text;
}
