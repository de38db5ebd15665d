/** Control characters of C0 and C1, except tab and line feed: a text could use them to move the cursor, change the title or hide other text. */
const CONTROL = /(?![\t\n])\p{Cc}/gu;

/** An untrusted text (a model's log, a server's answer) with its control characters escaped: `\x1b[2J`. */
export function visibleText(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(CONTROL, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
