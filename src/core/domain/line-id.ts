/** Digits of a line's id: always as many, so that every line has the same bytes around its rows. */
const ID_DIGITS = 12;

export function lineId(number: number): string {
  return String(number).padStart(ID_DIGITS, "0");
}

/** The ids of a file's lines: each is larger than the one before it by the rows in between. */
export function lineIds(firstId: number, lineRows: readonly number[]): string[] {
  let id = firstId;
  return lineRows.map((rows) => {
    const own = lineId(id);
    id += rows;
    return own;
  });
}
