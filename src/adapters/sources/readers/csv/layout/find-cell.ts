import type { CsvFile } from "./csv-bytes.ts";
import { utf8Bytes } from "./csv-bytes.ts";
import { cellText, createCellSplitter } from "./csv-cells.ts";
import type { CsvDialect } from "./csv-dialect.ts";

/** The first place of a text in a column. */
export async function findCell(
  files: readonly { readonly file: CsvFile; readonly names: readonly string[] }[],
  { column: name, text }: { readonly column: string; readonly text: string },
  dialect: CsvDialect,
  hasHeader: boolean,
): Promise<{ readonly path: string; readonly line: number } | undefined> {
  const fault = (reason: string): Error => new Error(reason);
  for (const { file, names } of files) {
    const wanted = names.indexOf(name);
    let isFound = false;
    let isHeader = hasHeader;
    let found: number | undefined;
    const splitter = createCellSplitter(
      dialect,
      {
        take: () => -1,
        cell: (bytes, start, end, column, style) => {
          if (column === wanted && !isHeader) isFound ||= cellText(bytes, start, end, style, dialect) === text;
        },
        record: (_columns, line) => {
          isHeader = false;
          if (isFound) found = line;
          return !isFound;
        },
      },
      fault,
    );
    for await (const chunk of utf8Bytes(file.text, file.compression, fault)) if (!splitter.push(chunk)) break;
    if (found === undefined) splitter.end();
    if (found !== undefined) return { path: file.path, line: found };
  }
  return undefined;
}
