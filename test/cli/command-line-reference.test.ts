import { readFileSync } from "node:fs";
import { matchesGlob, relative } from "node:path";
import { Readable } from "node:stream";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { createProgram } from "../../src/cli/create-program.ts";
import { EXIT_CODES, exitCodeOfError } from "../../src/cli/failures/exit-code.ts";
import { ERROR_CODES } from "../../src/core/errors/error-codes.ts";
import { memoryStream, runInProcess } from "./support/memory-context.ts";
import { sampleReport } from "./support/sample-report.ts";

const page = (name: string): string => readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), "utf8");
const reference = page("command-line.md");

const context = {
  stdout: memoryStream(),
  stderr: memoryStream(),
  stdin: Readable.from([]),
  env: {},
  workingDirectory: "/",
  signal: new AbortController().signal,
};
const program = createProgram(context, () => undefined);

/** The text below a heading, up to the next one of the same or a higher level. */
function section(heading: string): string {
  const level = heading.split(" ")[0] ?? "#";
  const after = reference.split(`\n${heading}\n`)[1] ?? "";
  return after.split(new RegExp(`\n#{1,${level.length}} `))[0] ?? "";
}

function tableRows(text: string): string[][] {
  const rows = text.split("\n").filter((line) => line.startsWith("| `") || /^\| \d/.test(line));
  return rows.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Every command, those below another one included. */
const all: readonly Command[] = program.commands.flatMap((command) => [command, ...command.commands]);

/** `runs prune`. */
function nameOf(command: Command): string {
  return command.parent === program ? command.name() : `${command.parent?.name()} ${command.name()}`;
}

/** `init [path]`. */
function usage(command: Command): string {
  const names = command.registeredArguments.map((argument) =>
    argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  );
  return [nameOf(command), ...names].join(" ");
}

/** Flags of each command, as the page lists them. */
function documentedFlags(): Record<string, string[]> {
  const commands = all.map(nameOf);
  const common = tableRows(section("## Common options")).map(([flag = "", of = ""]) => ({
    flag: flag.replaceAll("`", ""),
    of: of === "all" ? commands : of.split(", "),
  }));
  const entries = all.map((command) => {
    const own = tableRows(section(`### \`${usage(command)}\``)).map(([flag = ""]) => flag.replaceAll("`", ""));
    const shared = common.filter(({ of }) => of.includes(nameOf(command))).map(({ flag }) => flag);
    return [nameOf(command), [...own, ...shared].sort()] as const;
  });
  return Object.fromEntries(entries);
}

describe("the reference page of the command line", () => {
  it("has the commands that there are, with their arguments", () => {
    const headings = [...section("## Commands").matchAll(/^### `(.*)`$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(all.map(usage));
  });

  it("has the options that there are, of every command", () => {
    const defined = all.map((command) => [
      nameOf(command),
      [...command.options.map(({ flags }) => flags), "--help"].sort(),
    ]);
    expect(documentedFlags()).toEqual(Object.fromEntries(defined));
  });

  it("has the exit codes that there are", () => {
    const codes = tableRows(section("## Exit codes")).map(([code]) => Number(code));
    expect(codes).toEqual(Object.values(EXIT_CODES));
  });

  it("shows the report of a run with the keys that it has", () => {
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(reference)?.[1] ?? "{}");
    const keysOf = (value: object): string[] => Object.keys(value);
    expect(keysOf(example)).toEqual(keysOf(sampleReport()));
    expect(keysOf(example.output)).toEqual(keysOf(sampleReport().output!));
    expect(keysOf(example.timings_s)).toEqual(keysOf(sampleReport().timings_s));
  });
});

/** The words of a command line, as a shell splits them. */
function wordsOf(line: string): string[] {
  return Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? "");
}

/** What `<command> --help` prints. */
async function helpOf(name: string): Promise<string> {
  return (await runInProcess([...name.split(" "), "--help"], "/")).stdout;
}

describe("the help of every command", () => {
  const names = all.map(nameOf);

  it.each(names)("of %s has two or three examples, which are command lines that it understands", async (name) => {
    const lines = Array.from((await helpOf(name)).matchAll(/^ {2}scoreframe (.*)$/gm), ([, line = ""]) => line);
    expect([2, 3]).toContain(lines.length);
    for (const line of lines) {
      const parsed = createProgram(context, () => undefined);
      const understood: string[] = [];
      for (const command of parsed.commands.flatMap((each) => [each, ...each.commands])) {
        command.action(() => {
          if (command.parent?.parent != null) understood.push(command.parent.name());
          understood.push(command.name());
        });
      }
      await parsed.parseAsync(wordsOf(line), { from: "user" });
      // An example of a command may show one below it.
      expect([name, ...all.filter(({ parent }) => parent?.name() === name).map(nameOf)]).toContain(
        understood.join(" "),
      );
    }
  });

  it.each(names)("of %s names the place of its reference, which is part of the package", async (name) => {
    const [, path = "", anchor = ""] = /^Reference: (.*)#(.*)$/m.exec(await helpOf(name)) ?? [];
    const headings = Array.from(readFileSync(path, "utf8").matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => heading);
    expect(
      headings.map((text) =>
        text
          .toLowerCase()
          .replace(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      ),
    ).toContain(anchor);
    const { files } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(files.some((glob: string) => matchesGlob(relative(root, path), glob))).toBe(true);
  });
});

describe("the reference page of the errors", () => {
  it("has the exit code of every error", () => {
    const documented = [...page("errors.md").matchAll(/^### `(\w+)` \((\d)\)$/gm)].map(([, code, exit]) => [
      code,
      Number(exit),
    ]);
    expect(Object.fromEntries(documented)).toEqual(
      Object.fromEntries(ERROR_CODES.map((code) => [code, exitCodeOfError(code)])),
    );
  });
});
