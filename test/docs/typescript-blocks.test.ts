import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { programPath, root } from "../../scripts/lib/toolchain.mjs";
import { codeBlocks } from "./support/markdown.ts";

/** What a block may use without saying where it comes from, because the text around it has said so. */
const KNOWN = `
import type { Engine, JobInput } from "scoreframe";
declare global {
  const engine: Engine;
  const job: JobInput;
}
`;

/** Blocks that are written out in the page; the others are files, which are checked with all files. */
const blocks = markdownPages().flatMap((page) =>
  codeBlocks(readFileSync(join(root, page), "utf8"))
    .filter(({ info }) => info[0] === "ts" && !info[1]?.startsWith("file="))
    .map(({ text, line }) => ({ place: `${page}:${line}`, file: `${page.replaceAll("/", ".")}.${line}.ts`, text })),
);

let folder: string;
let complaints: string[];

// One run for all blocks: starting the compiler costs more than they do. Inside the repository, so that "scoreframe" is found.
beforeAll(() => {
  mkdirSync(join(root, "out"), { recursive: true });
  folder = mkdtempSync(join(root, "out", "docs-"));
  writeFileSync(join(folder, "known.d.ts"), KNOWN);
  for (const { file, text } of blocks) writeFileSync(join(folder, file), `${text}\nexport {};\n`);
  const config = { extends: "../../tsconfig.json", include: ["*.ts"], exclude: [] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const { stdout } = spawnSync(process.execPath, [programPath("tsc"), "-p", folder, "--pretty", "false"], {
    cwd: folder,
    encoding: "utf8",
  });
  complaints = stdout.split("\n").filter((line) => line !== "");
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the TypeScript of the pages", () => {
  it.each(blocks)("compiles: $place", ({ file }) => {
    expect(complaints.filter((line) => line.startsWith(`${file}(`))).toEqual([]);
  });

  it("is all that the compiler was given", () => {
    const files = blocks.map(({ file }) => file);
    expect(complaints.filter((line) => !files.some((file) => line.startsWith(`${file}(`)))).toEqual([]);
  });
});
