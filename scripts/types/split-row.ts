import { listElements } from "../../src/backends/shared/http/responses/json-spans.ts";

/**
 * The texts of the values `c0`, `c1`, … in JSON that holds one row, as an object or as a list inside `data`, byte for byte. Null if the text
 * has neither form.
 */
export function splitJsonRow(text: string): string[] | null {
  const json = Buffer.from(text);
  const object = json.indexOf('{"c0":');
  if (object !== -1) return membersOf(json, object).map((member) => member.slice(member.indexOf(":") + 1));
  const rows = json.indexOf('"data":[[');
  return rows === -1 ? null : membersOf(json, rows + '"data":['.length);
}

/** What a V2 request says of its one value; any other text as it is. */
export function tensorText(request: string): string {
  return /"shape":.*(?=\}\]\}$)/s.exec(request)?.[0] ?? request;
}

/** The cells of the first record of CSV without a header, with their quotes. */
export function splitCsvRow(text: string): string[] {
  const [record = ""] = /^(?:"(?:[^"]|"")*"|[^"\n])*/.exec(text) ?? [];
  return Array.from(`,${record}`.matchAll(/,("(?:[^"]|"")*"|[^",]*)/g), ([, cell = ""]) => cell);
}

function membersOf(json: Buffer, at: number): string[] {
  return listElements(json, at).map(({ start, end }) => json.toString("utf8", start, end));
}
