import type { CliContext } from "./cli-context.ts";

/** The one document of `--json`, on one line, so that a line of a log or of a stream is a whole document. */
export function printDocument(document: object, { stdout }: Pick<CliContext, "stdout">): void {
  stdout.write(`${JSON.stringify(document)}\n`);
}
