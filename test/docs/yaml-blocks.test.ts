import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { loadJobBackends } from "../../src/adapters/plugins/load-job-backends.ts";
import { BUILTIN_BACKENDS } from "../../src/backends/builtin-backends.ts";
import { isBridgeJob } from "../../src/core/job/read/bridge-job.ts";
import { parseJob } from "../../src/core/job/read/parse-job.ts";
import { readJobText } from "../../src/core/job/read/read-job-text.ts";
import { codeBlocks } from "./support/markdown.ts";

/** What a block that shows a part of a job leaves out. */
const REST = {
  name: "page",
  source: { kind: "rows" },
  backend: { kind: "http", url: "http://localhost:8080/invocations" },
  output: { path: "out" },
};

const blocks = markdownPages().flatMap((page) =>
  codeBlocks(readFileSync(join(root, page), "utf8"))
    .filter(({ info }) => info[0] === "yaml" && info[1] !== "emulator")
    .map(({ text, line }) => ({ place: `${page}:${line}`, text })),
);

/** Some value for every variable. */
function valuesOf(text: string, pattern: RegExp): Record<string, string> {
  return Object.fromEntries(Array.from(text.matchAll(pattern), ([, name = ""]) => [name, "2024-05-01"]));
}

describe("the YAML of the pages", () => {
  it.each(blocks)("is a job, or a part of one, with options that its backend knows: $place", async ({ text }) => {
    const { value } = readJobText(text, "yaml", "page");
    const whole = isBridgeJob(value) ? value : { ...REST, ...(value as Record<string, unknown>) };
    const job = parseJob(whole, {
      env: valuesOf(text, /\$\{(\w+)\}/g),
      set: valuesOf(text, /\{\{ (\w+) \}\}/g),
    });
    const { kind, ...options } = job.backend;
    // A page's module is the one that the page is filled from.
    const own = await loadJobBackends(job.backends ?? [], join(root, "docs", "snippets"));
    const plugin =
      own.find(({ plugin: { id } }) => id === kind)?.plugin ??
      (await BUILTIN_BACKENDS.find(({ id }) => id === kind)?.load());
    expect(plugin?.parseOptions(options)).toBeTruthy();
  });
});
