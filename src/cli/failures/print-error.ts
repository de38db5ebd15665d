import type { ErrorFacts, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { CliContext } from "../cli-context.ts";
import type { Style } from "../render/style.ts";
import { styleFor } from "../render/style.ts";
import { visibleText } from "../render/visible-text.ts";
import { wrapText } from "../render/wrap-text.ts";

/** Messages are wrapped at this width even if the terminal is wider. */
const READABLE_WIDTH = 100;

/** Frames of a stack, which the message of an unexpected error may quote. */
const STACK_LINES = /\n\s+at .*/g;

/** Prints an error on stderr: its code and message; with `verbose` also its facts, and its causes with their stacks. */
export function printError(
  error: ScoreframeError,
  { stderr }: Pick<CliContext, "stderr">,
  { verbose }: { readonly verbose: boolean },
): void {
  // A log keeps its lines whole, so that they can be searched.
  const width =
    stderr.isTTY === true ? Math.min(READABLE_WIDTH, stderr.columns || READABLE_WIDTH) : Number.POSITIVE_INFINITY;
  stderr.write(formatError(error, { verbose, width, style: styleFor(stderr) }));
}

export type ErrorLayout = { readonly verbose: boolean; readonly width: number; readonly style: Style };

export function formatError(error: ScoreframeError, { verbose, width, style }: ErrorLayout): string {
  const head = `${style("red", `Error ${error.code}`)}: `;
  const said = visibleText(verbose ? error.message : error.message.replace(STACK_LINES, ""));
  const [first = "", ...rest] = wrapText(`Error ${error.code}: ${said}`, width).split("\n");
  const message = [head + first.slice(`Error ${error.code}: `.length), ...rest].join("\n");
  const extra = verbose ? [...factLines(error.facts), ...causeLines(error)] : hint(error);
  return [message, ...extra.map((line) => style("dim", visibleText(line)))].map((line) => `${line}\n`).join("");
}

function hint({ code }: ScoreframeError): string[] {
  return code === "INTERNAL" ? ["Run it again with --verbose to see where, and report it with what that prints."] : [];
}

function factLines({ details, ...facts }: ErrorFacts): string[] {
  return Object.entries({ ...facts, ...details })
    .filter(([name]) => name !== "report")
    .map(([name, value]) => `  ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

function causeLines(error: ScoreframeError): string[] {
  const lines = [stackOf(error)];
  let cause = error.cause;
  while (cause !== undefined && cause !== null) {
    lines.push(cause instanceof Error ? `caused by ${cause.stack ?? cause.message}` : `caused by ${String(cause)}`);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.flatMap((text) => text.split("\n")).map((line) => `  ${line}`);
}

/** The frames alone, because the message is printed above. */
function stackOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return frames.map((line) => line.trim()).join("\n");
}
