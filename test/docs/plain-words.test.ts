import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";

/** Words that a reader has to decode, and what to write instead. */
const WORDS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, "fix, hint, correct"],
  [/\b(told|tells?)\b/i, "report, say, show; tell apart: distinguish"],
  [/\bstands?\b(?! for)/i, "is"],
  [/\banew\b/i, "again"],
  [/\bfor ever\b/i, "forever, without end"],
  [/\bin silence\b/i, "silently"],
  [/\b(no|some)body\b/i, "who it is: the caller, another process, the user"],
  [/\bwhoever\b/i, "who it is: the caller, another process, the user"],
  [/\bso many\b/i, "the number"],
  [/(?<!\bthere )\b(is|are) none\b/i, "is not a valid …, is not one of …"],
  [/\bof use\b/i, "useful"],
  [/\bbesides\b/i, "also, in addition"],
  [/\blacks?\b/i, "has no, is missing"],
  [/\bstopgap\b/i, "temporary"],
  [/\brefuse[A-Z]\w*/, "assert…, validate…, reject…"],
];

/** This file names the words; the change log is history. */
const EXEMPT = new Set(["test/docs/plain-words.test.ts", "CHANGELOG.md"]);

const files = globSync(["{src,test,scripts,bench,examples,docs}/**/*.{ts,mjs,cjs,md,yaml}", "*.md"], {
  cwd: root,
  exclude: (path) => /(^|[\\/])(node_modules|dist|out)$/.test(path),
})
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !EXEMPT.has(path));

describe("plain English", () => {
  it.each(WORDS)("writes other words for %s: %s", (pattern, instead) => {
    const found = files.flatMap((path) =>
      readFileSync(join(root, path), "utf8")
        .split("\n")
        .flatMap((line, index) =>
          pattern.test(line) ? [`${path}:${index + 1}: ${line.trim()} (write: ${instead})`] : [],
        ),
    );
    expect(found).toEqual([]);
  });
});
