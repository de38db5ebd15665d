import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { loadJobPlugins } from "../../src/adapters/plugins/load-job-plugins.ts";
import { BUILTIN_SOURCES } from "../../src/adapters/sources/builtin-sources.ts";
import { BUILTIN_BACKENDS } from "../../src/backends/builtin-backends.ts";
import { isBridgeJob } from "../../src/core/job/read/bridge-job.ts";
import { parseJob } from "../../src/core/job/read/parse-job.ts";
import { readJobText } from "../../src/core/job/read/read-job-text.ts";
import { createBackendRegistry } from "../../src/core/run/backend-registry.ts";
import { createSourceRegistry } from "../../src/core/run/source-registry.ts";
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
  it.each(blocks)(
    "is a job, or a part of one, with options that its source and backend know: $place",
    async ({ text }) => {
      const { value } = readJobText(text, "yaml", "page");
      const whole = isBridgeJob(value) ? value : { ...REST, ...(value as Record<string, unknown>) };
      const job = parseJob(whole, {
        env: valuesOf(text, /\$\{(\w+)\}/g),
        set: valuesOf(text, /\{\{ (\w+) \}\}/g),
      });
      // A page's module is the one that the page is filled from.
      const own = await loadJobPlugins(job, join(root, "docs", "snippets"));
      const backends = createBackendRegistry(BUILTIN_BACKENDS).with(own.backends);
      const { kind: id, ...backend } = job.backend;
      expect((await backends.load(id)).parseOptions(backend)).toBeTruthy();
      const sources = createSourceRegistry(BUILTIN_SOURCES).with(own.sources);
      const { kind, ...source } = job.source;
      expect((await sources.load(kind)).parseOptions(source)).toBeTruthy();
    },
  );
});
