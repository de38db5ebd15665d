import { fileURLToPath } from "node:url";

/** A stack frame in a file, and the first line of the stack if Node fails to strip the types of a file. */
const FRAME = /\n\s+at .*?(file:\/\/[^\n)]+?):(\d+):\d+\)?(?=\n|$)/;
const FAULT = /^(\/[^\n]+|[A-Za-z]:\\[^\n]+):(\d+)\n/;

/** Where in the user's files an error comes from, for the end of a message; empty if that is unknown. */
export function placeInModel(thrown: unknown): string {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return "";
  const fault = FAULT.exec(thrown.stack);
  if (fault !== null) return ` (line ${fault[2]} of ${fault[1]})`;
  const [, url, line] = FRAME.exec(thrown.stack) ?? [];
  if (url === undefined || url.includes("/node_modules/") || url.startsWith(OURS)) return "";
  return ` (line ${line} of ${fileURLToPath(url.replace(/\?.*$/, ""))})`;
}

/** An error that we throw ourselves comes from no line of the model. */
const OURS = new URL("..", import.meta.url).href;
