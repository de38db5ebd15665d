import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/** What a JavaScript value is, as far as a column's type goes. `integer`: a safe integer; `number`: any other, also -0, NaN and Infinity. */
export type ValueKind = "boolean" | "string" | "integer" | "bigint" | "number" | "date" | "bytes" | "list" | "object";

/** What one column (or field, or list element) was seen to hold, over all rows. */
export type Survey = {
  /** Where it is, for messages: `score`, `items[].price`. */
  readonly path: string;
  /** Number of the first row that has a value of the kind. */
  readonly firstRows: Map<ValueKind, number>;
  /** Range of the integers, of both kinds. */
  least: bigint;
  most: bigint;
  /** What the lists hold; undefined until one has an element. */
  element: Survey | undefined;
  /** Fields of the objects, in the order in which they were first seen. */
  readonly fields: Map<string, Survey>;
};

export function createSurvey(path: string): Survey {
  return { path, firstRows: new Map(), least: 0n, most: 0n, element: undefined, fields: new Map() };
}

/** The survey of a field, made at its first appearance. Throws for a name that no table can hold. */
export function fieldOf(survey: Survey, name: string, row: number): Survey {
  const known = survey.fields.get(name);
  if (known !== undefined) return known;
  assertName(name, row);
  const field = createSurvey(survey.path === "" ? name : `${survey.path}.${name}`);
  survey.fields.set(name, field);
  return field;
}

export function elementOf(survey: Survey): Survey {
  survey.element ??= createSurvey(`${survey.path}[]`);
  return survey.element;
}

export function noteKind(survey: Survey, kind: ValueKind, row: number): void {
  if (!survey.firstRows.has(kind)) survey.firstRows.set(kind, row);
}

export function noteInteger(survey: Survey, value: bigint): void {
  if (value < survey.least) survey.least = value;
  if (value > survey.most) survey.most = value;
}

/** `row` is 0-based. The message names the row, the column and the fix. */
export function rowsInvalid(message: string, row?: number, column?: string): ScoreframeError {
  return new ScoreframeError("ROWS_INVALID", message, {
    operation: "read rows",
    details: { ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) },
  });
}

function assertName(name: string, row: number): void {
  const problem =
    name === ""
      ? "an empty name"
      : !name.isWellFormed()
        ? "half of a surrogate pair in its name"
        : name.includes("\0")
          ? "a NUL character in its name"
          : undefined;
  if (problem === undefined) return;
  throw rowsInvalid(`Row ${row} has a column with ${problem} (${JSON.stringify(name)}): rename it.`, row, name);
}
