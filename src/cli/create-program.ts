import { readFileSync } from "node:fs";
import { Command } from "commander";
import type { CliContext, Conclude } from "./cli-context.ts";
import { checkCommand } from "./commands/check.ts";
import { demoCommand } from "./commands/demo.ts";
import { emulateCommand } from "./commands/emulate.ts";
import { initCommand } from "./commands/init.ts";
import { planCommand } from "./commands/plan.ts";
import { repairCommand } from "./commands/repair.ts";
import { runCommand } from "./commands/run.ts";
import { runsCommand } from "./commands/runs.ts";
import { serveCommand } from "./commands/serve.ts";
import { stitchCommand } from "./commands/stitch.ts";

/** Makes one command. Its action passes its exit code to `conclude`, or throws. */
export type CommandFactory = (context: CliContext, conclude: Conclude) => Command;

/** In the order in which users need them. */
const COMMANDS: readonly CommandFactory[] = [
  initCommand,
  checkCommand,
  planCommand,
  runCommand,
  runsCommand,
  stitchCommand,
  repairCommand,
  serveCommand,
  emulateCommand,
  demoCommand,
];

const FOOTER = `
scoreframe help <command> prints its options and examples.
Exit codes: 0 success, 1 failed, 2 usage or configuration, 3 published with dead letters, 4 stopped before publishing.
`;

/** The whole command line, for commander. Throws CommanderError where commander would end the process. */
export function createProgram(context: CliContext, conclude: Conclude): Command {
  const program = new Command("scoreframe")
    .description("Score any table with any model, without Spark.")
    .version(packageVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", FOOTER)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      // Printed as every other error, once.
      outputError: () => undefined,
      getOutHelpWidth: () => Math.min(context.stdout.columns || 100, 120),
    });
  for (const create of COMMANDS) {
    const command = create(context, conclude);
    for (const each of [command, ...command.commands]) each.copyInheritedSettings(program);
    program.addCommand(command);
  }
  return program;
}

function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
