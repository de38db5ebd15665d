import type { CliContext } from "./cli-context.ts";

/** The one document of `--json`, on one line, so that a line of a log or of a stream is a whole document. */
export function printDocument(document: object, { stdout }: Pick<CliContext, "stdout">): void {
  // JSON escapes the control characters of ASCII; those of C1 move a terminal's cursor, too.
  const text = JSON.stringify(document).replace(/\p{Cc}/gu, (each) => `\\u00${each.charCodeAt(0).toString(16)}`);
  stdout.write(`${text}\n`);
}
