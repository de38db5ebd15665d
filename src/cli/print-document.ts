import type { CliContext } from "./cli-context.ts";

/** The one document of `--json`. */
export function printDocument(document: object, { stdout }: Pick<CliContext, "stdout">): void {
  stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
