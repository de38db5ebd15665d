import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFile } from "./generate-job-schema.ts";
import { root } from "./lib/toolchain.mjs";

const BLOCK = /^(```\w+ file=(\S+)\n)[\s\S]*?^```$/gm;
const MATRIX = /(<!-- support-matrix -->\n)[\s\S]*?(<!-- \/support-matrix -->)/;

/** Markdown with each block that names a file holding that file, so that what a reader copies is what CI runs. */
export function withFiles(path: string): GeneratedFile {
  const text = readFileSync(join(root, path), "utf8");
  return {
    path,
    text: text.replace(
      BLOCK,
      (_block, head: string, file: string) => `${head}${readFileSync(join(root, file), "utf8")}\`\`\``,
    ),
  };
}

/** The README: its files, and the support matrix with its links made relative to the root. */
export function generateReadme(matrixPage: string): GeneratedFile {
  const { path, text } = withFiles("README.md");
  const table = matrixPage
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .join("\n")
    .replaceAll("(backends/", "(docs/reference/backends/");
  return { path, text: text.replace(MATRIX, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`) };
}
