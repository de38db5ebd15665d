/** A cell of CSV: its text without quotes, and whether it was in quotes. */
export type CsvCell = { readonly text: string; readonly quoted: boolean };

/**
 * The records of CSV text by RFC 4180, each as it was written: a line end ends one unless it is in quotes, and the last needs no line end. A quote
 * inside of a cell that does not begin with one is a character like any other.
 */
export function splitRecords(text: string): string[] {
  const records: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = recordEnd(text, start);
    records.push(text.slice(start, text[end - 1] === "\r" && text[end] === "\n" ? end - 1 : end));
    start = end + 1;
  }
  return records;
}

/** The cells of one record. */
export function parseRecord(record: string): CsvCell[] {
  const cells: CsvCell[] = [];
  for (let start = 0; start <= record.length; ) {
    const quoted = record[start] === '"';
    const end = quoted ? closingEnd(record, start) : start;
    const comma = record.indexOf(",", end);
    const stop = comma === -1 ? record.length : comma;
    const inside = quoted
      ? record
          .slice(start + 1, end)
          .replace(/"$/, "")
          .replaceAll('""', '"')
      : "";
    cells.push({ text: inside + record.slice(end, stop), quoted });
    start = stop + 1;
  }
  return cells;
}

/** Cells as one record, in quotes if they were, or must be. */
export function cellsText(cells: readonly CsvCell[]): string {
  return cells
    .map(({ text, quoted }) => (quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
    .join(",");
}

/** Whether a cell in quotes goes on after this line, which has no line end; `open`: whether one went on from the line before. */
export function leavesQuoteOpen(line: string, open: boolean): boolean {
  let at = open ? afterQuotes(line, -1) : 0;
  if (at === -1) return true;
  for (;;) {
    if (line[at] === '"') at = afterQuotes(line, at);
    if (at === -1) return true;
    const comma = line.indexOf(",", at);
    if (comma === -1) return false;
    at = comma + 1;
  }
}

/** Place of the line feed that ends the record, or the end of the text. */
function recordEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    if (text[at] === '"') at = closingEnd(text, at);
    const comma = text.indexOf(",", at);
    const feed = text.indexOf("\n", at);
    if (feed !== -1 && (comma === -1 || feed < comma)) return feed;
    if (comma === -1) return text.length;
    at = comma + 1;
  }
}

/** Place after the quote that closes the one at `open`; the end of the text if none does. */
function closingEnd(text: string, open: number): number {
  const end = afterQuotes(text, open);
  return end === -1 ? text.length : end;
}

/** Place after the quote that closes the one at `open`; -1 if none does. */
function afterQuotes(text: string, open: number): number {
  for (let at = open + 1; ; ) {
    const close = text.indexOf('"', at);
    if (close === -1) return -1;
    if (text[close + 1] !== '"') return close + 1;
    at = close + 2;
  }
}
