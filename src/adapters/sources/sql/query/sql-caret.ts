/** A place in a text: 1-based line and column (in characters). */
export type TextPlace = { readonly line: number; readonly column: number; readonly drawing: string };

/** Lines longer than this are cut around the place. */
const WIDEST = 100;

/** Finds the place of a UTF-8 byte offset and draws its line with a caret under it. */
export function placeOf(sql: string, byteOffset: number): TextPlace {
  const before = Buffer.from(sql).subarray(0, byteOffset).toString();
  const line = before.split("\n").length;
  const start = before.lastIndexOf("\n") + 1;
  const end = sql.indexOf("\n", start);
  const column = [...before.slice(start)].length + 1;
  const text = [
    ...sql
      .slice(start, end < 0 ? undefined : end)
      .replaceAll("\t", " ")
      .trimEnd(),
  ];
  const from = Math.max(0, column - 1 - WIDEST / 2);
  const shown = text.slice(from, from + WIDEST).join("");
  const gutter = `  ${line} | `;
  return { line, column, drawing: `${gutter}${shown}\n${" ".repeat(gutter.length + column - 1 - from)}^` };
}
