import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { markdownPages } from "../../scripts/lib/markdown-pages.ts";
import { root } from "../../scripts/lib/toolchain.mjs";
import { createProgram } from "../../src/cli/create-program.ts";
import { memoryStream } from "../cli/support/memory-context.ts";
import { codeBlocks } from "./support/markdown.ts";

const program = createProgram(
  {
    stdout: memoryStream(),
    stderr: memoryStream(),
    stdin: Readable.from([]),
    env: {},
    workingDirectory: "/",
    signal: new AbortController().signal,
  },
  () => undefined,
);
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const pages = markdownPages().map((page) => ({ page, text: readFileSync(join(root, page), "utf8") }));

/** Command lines in blocks and in the prose, without what a shell would take off. */
function commands(text: string): string[] {
  const blocks = codeBlocks(text).filter(({ info }) => info[0] === "sh");
  const prose = Array.from(text.matchAll(/`([^`\n]+)`/g), ([, code = ""]) => code);
  return [...blocks.flatMap((block) => block.text.split("\n")), ...prose].map((line) => line.replace(/\s+#.*$/, ""));
}

/** Arguments of each call of our command line. */
function calls(text: string): string[][] {
  return commands(text).flatMap((line) => {
    const [, args] = /^(?:npx |npm run -s (?:--prefix \S+ )?)?scoreframe (?:-- )?([a-z].*)$/.exec(line) ?? [];
    return args === undefined ? [] : [args.trim().split(/\s+/)];
  });
}

/** Words of a call that the command line does not know. */
function unknownWords([name = "", ...args]: string[]): string[] {
  if (name === "help") return args.flatMap((arg) => unknownWords([arg]));
  const command = program.commands.find((each) => each.name() === name);
  if (command === undefined) return [name];
  const flags = command.options.flatMap(({ long, short }) => [long, short]);
  return args.filter((arg) => arg.startsWith("--") && arg !== "--help" && !flags.includes(arg.split("=")[0]));
}

describe.each(pages.filter(({ text }) => calls(text).length > 0))("the calls of scoreframe in $page", ({ text }) => {
  it.each(calls(text).map((call) => [call.join(" "), call] as const))("use what there is: %s", (_line, call) => {
    expect(unknownWords(call)).toEqual([]);
  });
});

describe.each(pages)("the scripts that $page names", ({ text }) => {
  it("exist", () => {
    const lines = commands(text);
    const npm = lines.flatMap((line) => /^npm run (?:-s |--prefix \S+ )*([a-z][\w:-]*)/.exec(line)?.[1] ?? []);
    const files = lines.flatMap((line) => /^(?:npx )?node ([\w./-]+\.m?[jt]s)/.exec(line)?.[1] ?? []);
    expect(npm.filter((name) => !(name in scripts))).toEqual([]);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
