import { CommanderError } from "commander";
import { openFilesError } from "../core/errors/open-files.ts";
import { messageOf, ScoreframeError } from "../core/errors/scoreframe-error.ts";
import type { CliContext } from "./cli-context.ts";
import { createProgram } from "./create-program.ts";
import type { ExitCode } from "./failures/exit-code.ts";
import { EXIT_CODES, exitCodeOfError } from "./failures/exit-code.ts";
import { failureDocument } from "./failures/failure-document.ts";
import { printError } from "./failures/print-error.ts";
import { setupError } from "./failures/setup-error.ts";
import { usageMessage } from "./failures/usage-message.ts";
import { helpArguments } from "./help/help-arguments.ts";
import { separateWait } from "./options/wait-option.ts";
import { printDocument } from "./print-document.ts";

/**
 * Runs one command line to its end. Errors are printed, never thrown. `crash` rejects when code outside of every promise throws.
 */
export async function runCommandLine(
  args: readonly string[],
  context: CliContext,
  crash: Promise<never> = new Promise(() => undefined),
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.success;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  if (args.length === 0) {
    context.stderr.write(program.helpInformation());
    return EXIT_CODES.usage;
  }
  try {
    const names = program.commands.map((command) => command.name());
    const settled = separateWait(helpArguments(args, names));
    await Promise.race([program.parseAsync(settled, { from: "user" }), crash]);
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT_CODES.success;
    return fail(context.signal.aborted ? stopped(thrown) : toScoreframeError(thrown), args, context);
  }
}

function fail(error: ScoreframeError, args: readonly string[], context: CliContext): ExitCode {
  printError(error, context, { verbose: args.includes("--verbose") });
  // Read from the arguments themselves, because parsing them may be what failed.
  if (args.includes("--json")) printDocument(failureDocument(args[0], error), context);
  return exitCodeOfError(error.code);
}

/** Once a command is asked to stop, any error is reported as this one. */
function stopped(thrown: unknown): ScoreframeError {
  const message = "Stopped before the end. Run the same command again to start over.";
  return new ScoreframeError("RUN_CANCELLED", message, { cause: thrown });
}

function toScoreframeError(thrown: unknown): ScoreframeError {
  const incomplete = setupError(thrown);
  if (incomplete !== null) return incomplete;
  const limited = openFilesError(thrown);
  if (limited !== null) return limited;
  if (ScoreframeError.is(thrown)) return thrown;
  if (thrown instanceof CommanderError) return new ScoreframeError("USAGE", usageMessage(thrown.message));
  return new ScoreframeError("INTERNAL", `Internal error: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}
