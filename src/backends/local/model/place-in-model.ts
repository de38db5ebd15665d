import { fileURLToPath } from "node:url";

/** A frame of a stack that is in a file, and the head of the stack where Node strips the types of a file that has a fault. */
const FRAME = /\n\s+at .*?(file:\/\/[^\n)]+?):(\d+):\d+\)?(?=\n|$)/;
const FAULT = /^(\/[^\n]+|[A-Za-z]:\\[^\n]+):(\d+)\n/;

/** Where in the user's files an error comes from, for the end of a message; empty where that is unknown. */
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
