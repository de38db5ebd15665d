import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_STATUS_POLICY } from "../src/backends/http/index.ts";
import { TRANSPORT_POLICY } from "../src/backends/shared/http/status/transport-policy.ts";
import type { BackendPlugin } from "../src/core/ports/scoring-backend.ts";
import type { GeneratedFile } from "./generate-job-schema.ts";
import { markdownPages } from "./lib/markdown-pages.ts";
import { keyTable } from "./lib/schema-table.ts";
import { statusTable } from "./lib/status-table.ts";
import { root } from "./lib/toolchain.mjs";

const BLOCK = /^(```\w+ file=(\S+)\n)[\s\S]*?^```$/gm;
const MATRIX = /(<!-- support-matrix -->\n)[\s\S]*?(<!-- \/support-matrix -->)/;
const OPTIONS = /(<!-- options: (\w+) -->\n)[\s\S]*?(<!-- \/options -->)/g;
const STATUSES = /(<!-- statuses -->\n)[\s\S]*?(<!-- \/statuses -->)/;

/**
 * The hand-written pages with what they take from the code: the files that they show, the options of a backend, its policy of statuses and, in the README, the support
 * matrix.
 */
export function generatePages(
  matrixPage: string,
  plugins: readonly BackendPlugin[],
  generated: ReadonlySet<string>,
): readonly GeneratedFile[] {
  return markdownPages()
    .filter((path) => !generated.has(path))
    .map((path) => ({ path, text: withStatuses(withOptions(withMatrix(withFiles(path), matrixPage), plugins)) }));
}

/** A page in which each block that names a file (`ts file=examples/…`) holds that file: what a reader copies is what CI runs. */
function withFiles(path: string): string {
  return readFileSync(join(root, path), "utf8").replace(BLOCK, (_block, head: string, file: string) => {
    const text = readFileSync(join(root, file), "utf8");
    return `${head}${text.endsWith("\n") ? text : `${text}\n`}\`\`\``;
  });
}

/** The table of the matrix' own page, with its links made relative to the root. */
function withMatrix(page: string, matrixPage: string): string {
  const table = matrixPage
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n")
    .replaceAll("(backends/", "(docs/reference/backends/");
  return page.replace(MATRIX, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
}

function withOptions(page: string, plugins: readonly BackendPlugin[]): string {
  return page.replace(OPTIONS, (_all, begin: string, id: string, end: string) => {
    const schema = plugins.find((plugin) => plugin.id === id)?.optionsSchema?.() ?? {};
    return `${begin}\n${keyTable(schema, { heading: "option", bounds: true })}\n${end}`;
  });
}

function withStatuses(page: string): string {
  const table = statusTable(DEFAULT_STATUS_POLICY, TRANSPORT_POLICY);
  return page.replace(STATUSES, (_all, begin: string, end: string) => `${begin}\n${table}\n${end}`);
}
