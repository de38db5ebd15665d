import type { Style } from "./style.ts";
import { visibleText } from "./visible-text.ts";

export type TableColumn = { readonly title: string; readonly align?: "left" | "right" };

/** Columns of text, two spaces between them, under dim titles. Every line ends with a line break. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  style: Style,
): string {
  const titles = columns.map(({ title }) => title);
  const shown = rows.map((row) => row.map(visibleText));
  const widths = columns.map((_, index) => Math.max(...[titles, ...shown].map((row) => row[index]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => {
        const [text, width] = [row[index] ?? "", widths[index] ?? 0];
        return align === "right" ? text.padStart(width) : text.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [style("dim", line(titles)), ...shown.map(line)].map((text) => `${text}\n`).join("");
}
