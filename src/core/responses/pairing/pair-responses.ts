import { parseExact } from "../../json/exact-json.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { csvCellJson } from "../../protocols/responses/csv-answer.ts";
import type { RowCause } from "../../protocols/responses/error-object.ts";
import type { RowAnswer } from "../read/read-answer-line.ts";
import type { RowResponse } from "../read/row-responses.ts";
import { isCause } from "../read/row-responses.ts";
import { pairLine } from "./pair-line.ts";

type Rows = Parameters<typeof pairLine>[3];

/** The responses of a line in the order of its rows, see `pairLine`. Records keep their cells, that of the key too. */
export function pairResponses(
  read: readonly RowResponse[] | RowCause,
  where: string,
  protocol: Protocol,
  rows: Rows,
): readonly RowResponse[] | RowCause {
  if (protocol.pairing === undefined || isCause(read)) return read;
  const paired = pairLine(read.map(asAnswer), where, protocol, rows);
  if (isCause(paired)) return paired;
  return paired.map((answer, row): RowResponse => {
    const cells = read[row]?.cells ?? null;
    return answer.cause === null && cells !== null ? { value: null, cells, cause: null } : { ...answer, cells: null };
  });
}

function asAnswer({ value, cells, cause }: RowResponse): RowAnswer {
  if (cause !== null) return { value: null, cause };
  if (cells === null) return { value, cause: null };
  const values = cells.map((cell) => parseExact(csvCellJson(cell)));
  const members = values.map((each, at): [string, (typeof values)[number]] => [`p${at}`, each]);
  return { value: values.length === 1 ? (values[0] ?? null) : Object.fromEntries(members), cause: null };
}

/** Place of the cell of a record that is its row's key or number and not a prediction; null if there is no such cell. */
export function keyCellOf({ pairing }: Protocol, published: readonly string[]): number | null {
  const [name = "", ...inside] = pairing?.at ?? [];
  const place = inside.length === 0 ? /^p(\d+)$/.exec(name)?.[1] : undefined;
  return place === undefined || published.includes(name) ? null : Number(place);
}
