/** A cell of CSV: its text without quotes, and whether it stood in quotes. */
export type CsvCell = { readonly text: string; readonly quoted: boolean };

/**
 * The records of CSV text by RFC 4180, each as it was written: a line end ends one unless it stands in quotes, and the last needs none. A quote
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
    const end = quoted ? afterQuotes(record, start) : start;
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

/** Place of the line feed that ends the record, or the end of the text. */
function recordEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    if (text[at] === '"') at = afterQuotes(text, at);
    const comma = text.indexOf(",", at);
    const feed = text.indexOf("\n", at);
    if (feed !== -1 && (comma === -1 || feed < comma)) return feed;
    if (comma === -1) return text.length;
    at = comma + 1;
  }
}

/** Place after the quote that closes the one at `open`. */
function afterQuotes(text: string, open: number): number {
  for (let at = open + 1; ; ) {
    const close = text.indexOf('"', at);
    if (close === -1) return text.length;
    if (text[close + 1] !== '"') return close + 1;
    at = close + 2;
  }
}
