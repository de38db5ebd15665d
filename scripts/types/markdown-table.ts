export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** A text as a cell of code in which every character is visible; null and the empty text are words. */
export function visible(text: string | null): string {
  if (text === null) return "NULL";
  if (text === "") return "empty";
  const shown = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, codePoint).replaceAll("|", "\\|");
  return `\`${shown}\``;
}

/** The text of such a cell. */
export function readVisible(cell: string): string | null {
  if (cell === "NULL") return null;
  if (cell === "empty") return "";
  const shown = cell.replace(/^`([\s\S]*)`$/, "$1").replaceAll("\\|", "|");
  return shown.replace(/<U\+([0-9A-F]{4,6})>/g, (_mark, digits: string) =>
    String.fromCodePoint(Number.parseInt(digits, 16)),
  );
}

function codePoint(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
