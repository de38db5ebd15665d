import type { Protocol } from "../core/protocols/protocol.ts";

/** A row as text, so that the suite itself cannot round an integer. */
export type ConformanceRow = {
  /** Digits of an int64. */
  readonly id: string;
  readonly text: string;
};

export const CONFORMANCE_COLUMNS: readonly string[] = ["id", "text"];

/** `count` rows, with ids from `first`. */
export function numberedRows(count: number, first = 0): ConformanceRow[] {
  return Array.from({ length: count }, (_, i) => ({ id: String(first + i), text: `row ${first + i}` }));
}

/** A row as the protocol writes it. */
function rowText(row: ConformanceRow, protocol: Protocol): string {
  if (protocol.rowForm === "csv") return `${row.id},"${row.text.replaceAll('"', '""')}"`;
  const text = JSON.stringify(row.text);
  return protocol.rowForm === "object" ? `{"id":${row.id},"text":${text}}` : `[${row.id},${text}]`;
}

/** One request line. */
export function requestLine(rows: readonly ConformanceRow[], protocol: Protocol): string {
  if (protocol.rowForm === "tensors") {
    const tensor = (name: string, datatype: string, values: readonly string[]): string =>
      `{"name":"${name}","shape":[${rows.length},1],"datatype":"${datatype}","data":[${values.join(",")}]}`;
    const ids = tensor(
      "id",
      "INT64",
      rows.map((row) => row.id),
    );
    const texts = tensor(
      "text",
      "BYTES",
      rows.map((row) => JSON.stringify(row.text)),
    );
    return `${protocol.open(CONFORMANCE_COLUMNS)}${rows[0]?.id}","inputs":[${ids},${texts}${protocol.close}`;
  }
  return protocol.open(CONFORMANCE_COLUMNS) + rows.map((row) => rowText(row, protocol)).join(",") + protocol.close;
}

/** A row as `rowText` writes it, in either form. */
const ROW = /(?:\{"id":(-?\d+),"text":("(?:[^"\\]|\\.)*")\})|(?:\[(-?\d+),("(?:[^"\\]|\\.)*")\])/g;

/** The data of the two tensors of a request of V2. */
const TENSORS = /"name":"id".*?"data":\[(.*?)\].*?"name":"text".*?"data":(\[.*?"\])\}/s;

function rowsOfTensors(ids: string, texts: string): { readonly row: ConformanceRow; readonly source: string }[] {
  const values = JSON.parse(texts) as string[];
  return ids.split(",").map((id, index) => {
    const text = values[index] ?? "";
    return { row: { id, text }, source: `{"id":${id},"text":${JSON.stringify(text)}}` };
  });
}

/** The first line of a request of CSV. */
const CSV_HEADER = `${CONFORMANCE_COLUMNS.join(",")}\n`;

function rowOfRecord(source: string): { readonly row: ConformanceRow; readonly source: string } {
  const [id = "", ...text] = source.split(",");
  return { row: { id, text: text.join(",").slice(1, -1).replaceAll('""', '"') }, source };
}

/** How a record of CSV begins, which no request of JSON does. */
const CSV_RECORD = /^-?\d+,"/;

/** Some servers are sent a line break behind the last record, too. */
function recordsOf(text: string): string[] {
  return text.replace(/\n$/, "").split("\n");
}

/** The rows in the body of a request, for models that follow a script. */
export function rowsInRequest(body: string): { readonly row: ConformanceRow; readonly source: string }[] {
  if (body.startsWith(CSV_HEADER)) return recordsOf(body.slice(CSV_HEADER.length)).map(rowOfRecord);
  if (CSV_RECORD.test(body)) return recordsOf(body).map(rowOfRecord);
  const tensors = TENSORS.exec(body);
  if (tensors !== null) return rowsOfTensors(tensors[1] ?? "", tensors[2] ?? "");
  return Array.from(body.matchAll(ROW), ([source, objectId, objectText, listId, listText]) => ({
    row: { id: objectId ?? listId ?? "", text: String(JSON.parse(objectText ?? listText ?? '""')) },
    source,
  }));
}
