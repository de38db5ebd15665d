/** Control characters of C0 and C1, with which a text could move the cursor, change the title or hide what is before it; tabs and line feeds are none. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/** A text of others (a model's log, a server's answer) with its control characters spelled out: `\x1b[2J`. */
export function visibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
