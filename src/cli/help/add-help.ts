import { fileURLToPath } from "node:url";
import type { Command } from "commander";

/** The purpose of an example, and its command line without `scoreframe`. */
export type Example = readonly [meaning: string, line: string];

const REFERENCE = new URL("../../../docs/reference/command-line.md", import.meta.url);

/** Adds examples to the help of a command, below `parent` if it has one, and the path of its reference page, which is part of the package. */
export function addHelp(command: Command, examples: readonly Example[], parent?: string): Command {
  const lines = examples.map(([meaning, line]) => `  # ${meaning}\n  scoreframe ${line}`);
  const reference = `${fileURLToPath(REFERENCE)}#${parent === undefined ? "" : `${parent}-`}${anchorOf(command)}`;
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n\n")}\n\nReference: ${reference}`);
}

/** `init [path]` in the page's headings is `init-path` in its addresses. */
function anchorOf(command: Command): string {
  return [command.name(), ...command.registeredArguments.map((argument) => argument.name())].join("-");
}
