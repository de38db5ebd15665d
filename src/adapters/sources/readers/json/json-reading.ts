import { quoteIdentifier } from "../../../duckdb/sql-quoting.ts";
import type { JsonNode, JsonPlace } from "./survey/json-survey.ts";
import { KIND, pathOf } from "./survey/json-survey.ts";
import type { DeclaredType } from "./types/declared-type.ts";

/** How the values of a column, field or list element are written again before DuckDB reads them. */
export type Rewrite =
  /**
   * `text`: a value that is no text becomes text that holds its JSON. `json`: a text does, too, with its quotes. `digits`: a number becomes text with plain
   * digits. `bytes`: base64 becomes DuckDB's spelling of bytes. `zero`: `-0` becomes `-0.0`.
   */
  | { readonly form: "text" | "json" | "digits" | "bytes" | "zero" }
  | { readonly fields: ReadonlyMap<string, Rewrite> }
  | { readonly element: Rewrite };

/** How a value is read. */
export type Reading = {
  /** The DuckDB type that holds every value exactly. */
  readonly type: string;
  /** What DuckDB's reader of JSON is asked for, before it is cast to `type`. */
  readonly readType: string;
  /** Undefined if the bytes are read as they are. */
  readonly rewrite: Rewrite | undefined;
};

/** What a reading finds that the user should know. */
export type Findings = {
  /** Sentences, each about one column. */
  readonly warnings: string[];
  /** Makes the error for a name that no table can hold. */
  readonly invalidName: (reason: string, place: JsonPlace | undefined) => Error;
};

const TEXT: Reading = { type: "VARCHAR", readType: "VARCHAR", rewrite: undefined };
const JSON_TEXT: Reading = { ...TEXT, rewrite: { form: "text" } };

/** The reading that holds every value of a column, field or list element exactly. */
export function readingOf(node: JsonNode, findings: Findings): Reading {
  if (node.declared !== undefined) return declaredReading(node, node.declared);
  if (node.tooWide !== undefined) return tooWide(node, node.tooWide, findings);
  switch (node.kinds) {
    // A column of nothing but null has no type; text is what it can be compared and written with.
    case 0:
    case KIND.text:
      return TEXT;
    case KIND.boolean:
      return plain("BOOLEAN");
    case KIND.integer:
    case KIND.number:
    case KIND.integer | KIND.number:
      return numberReading(node, findings);
    case KIND.list:
      return listReading(node, findings);
    case KIND.object:
      return structReading(node, findings);
    default:
      findings.warnings.push(mixedWarning(node));
      return JSON_TEXT;
  }
}

function plain(type: string): Reading {
  return { type, readType: type, rewrite: undefined };
}

const MOST_DIGITS = 38;

function numberReading(node: JsonNode, findings: Findings): Reading {
  const { numbers } = node;
  const least =
    numbers.longLeast === undefined || numbers.longLeast > numbers.least ? BigInt(numbers.least) : numbers.longLeast;
  const most =
    numbers.longMost === undefined || numbers.longMost < numbers.most ? BigInt(numbers.most) : numbers.longMost;
  if (node.kinds === KIND.integer) {
    if (least >= -(2n ** 63n) && most < 2n ** 63n) return plain("BIGINT");
    if (least >= 0n && most < 2n ** 64n) return plain("UBIGINT");
  } else if (!numbers.inexact) {
    return { ...plain("DOUBLE"), rewrite: numbers.bareNegativeZero ? { form: "zero" } : undefined };
  }
  const width = numbers.wholeDigits + numbers.scale;
  if (width <= MOST_DIGITS && !numbers.special) {
    const type = numbers.scale === 0 ? "DECIMAL(38,0)" : `DECIMAL(${width},${numbers.scale})`;
    return { type, readType: "VARCHAR", rewrite: { form: "digits" } };
  }
  findings.warnings.push(
    `The column "${pathOf(node)}" has numbers that no type of number holds exactly (too many digits, too large or too small). It is read as text ` +
      "that keeps them; if the nearest numbers will do, cast it in the SQL or declare types: {…: DOUBLE}.",
  );
  return JSON_TEXT;
}

function listReading(node: JsonNode, findings: Findings): Reading {
  const { element } = node;
  if (element === undefined) return { type: "VARCHAR[]", readType: "VARCHAR[]", rewrite: undefined };
  if (hasSeveralKinds(element)) {
    findings.warnings.push(mixedWarning(element));
    return JSON_TEXT;
  }
  const reading = readingOf(element, findings);
  return {
    type: `${reading.type}[]`,
    readType: `${reading.readType}[]`,
    rewrite: reading.rewrite === undefined ? undefined : { element: reading.rewrite },
  };
}

function hasSeveralKinds({ kinds }: JsonNode): boolean {
  const others = kinds & ~(KIND.integer | KIND.number);
  const count = [KIND.boolean, KIND.text, KIND.list, KIND.object].filter((kind) => (others & kind) !== 0).length;
  return count > 1 || (count === 1 && others !== kinds);
}

function structReading(node: JsonNode, findings: Findings): Reading {
  if (node.order.length === 0) return JSON_TEXT;
  const unnamed = node.order.find(({ name }) => name === "" || name.includes("\0"));
  if (unnamed !== undefined) {
    findings.warnings.push(
      `The objects of "${pathOf(node)}" have a key that no field can have (${JSON.stringify(unnamed.name)}, ${placeText(unnamed.firstSeen)}). They are read as text that holds their JSON.`,
    );
    return JSON_TEXT;
  }
  assertDistinctNames(node, findings);
  const fields = node.order.map((field) => ({ name: field.name, reading: readingOf(field, findings) }));
  return structOf(fields);
}

type FieldReading = { readonly name: string; readonly reading: Reading };

function structOf(fields: readonly FieldReading[]): Reading {
  const struct = (key: "type" | "readType") =>
    `STRUCT(${fields.map(({ name, reading }) => `${quoteIdentifier(name)} ${reading[key]}`).join(", ")})`;
  return { type: struct("type"), readType: struct("readType"), rewrite: rewriteOfFields(fields) };
}

export function rewriteOfFields(fields: readonly FieldReading[]): Rewrite | undefined {
  const rewrites = fields.flatMap(({ name, reading }) =>
    reading.rewrite === undefined ? [] : [[name, reading.rewrite] as const],
  );
  return rewrites.length === 0 ? undefined : { fields: new Map(rewrites) };
}

/** Names of columns and fields ignore case in SQL. */
export function assertDistinctNames(node: JsonNode, findings: Findings): void {
  const seen = new Map<string, JsonNode>();
  for (const field of node.order) {
    const other = seen.get(field.name.toLowerCase());
    if (other !== undefined) {
      throw findings.invalidName(
        `it has the keys "${pathOf(other)}" and "${pathOf(field)}", which differ in case only, and SQL cannot distinguish them. Rename one` +
          (node.parent === undefined ? "" : `, or declare types: {…: JSON} for the column`),
        field.firstSeen,
      );
    }
    seen.set(field.name.toLowerCase(), field);
  }
}

/** Reads what was seen as the type that was declared; that each value fits is known. */
function declaredReading(node: JsonNode, declared: DeclaredType): Reading {
  const { type } = declared;
  const onlyText = (node.kinds & ~KIND.text) === 0;
  switch (declared.kind) {
    case "text":
      return onlyText ? TEXT : JSON_TEXT;
    case "json":
      return { type, readType: "VARCHAR", rewrite: { form: "json" } };
    case "bytes":
      return { type, readType: "VARCHAR", rewrite: { form: "bytes" } };
    case "boolean":
      return (node.kinds & KIND.text) === 0 ? plain(type) : { type, readType: "VARCHAR", rewrite: { form: "text" } };
    case "integer":
      return (node.kinds & ~KIND.integer) === 0
        ? plain(type)
        : { type, readType: "VARCHAR", rewrite: { form: "digits" } };
    case "float":
    case "double":
      return (node.kinds & KIND.text) === 0
        ? { ...plain(type), rewrite: node.numbers.bareNegativeZero ? { form: "zero" } : undefined }
        : { type, readType: "VARCHAR", rewrite: { form: "text" } };
    case "decimal":
      return { type, readType: "VARCHAR", rewrite: onlyText ? undefined : { form: "digits" } };
    case "list":
    case "map": {
      const { readType, rewrite } = readingOfElement(node, declared.element);
      return {
        type,
        readType: declared.kind === "list" ? `${readType}[]` : `MAP(VARCHAR, ${readType})`,
        rewrite: rewrite === undefined ? undefined : { element: rewrite },
      };
    }
    case "struct": {
      const fields = node.order.map((field) => ({
        name: field.name,
        reading: declaredReading(field, field.declared as DeclaredType),
      }));
      return { ...structOf(fields), type };
    }
    default:
      return { type, readType: "VARCHAR", rewrite: undefined };
  }
}

function readingOfElement(node: JsonNode, element: DeclaredType): Reading {
  return declaredReading(node.element as JsonNode, element);
}

function tooWide(node: JsonNode, { reason, place }: NonNullable<JsonNode["tooWide"]>, { warnings }: Findings): Reading {
  const path = pathOf(node);
  warnings.push(
    `The objects of "${path}" ${reason} (${placeText(place)}). They are read as text that holds their JSON; ` +
      `give the column a type: types: {${JSON.stringify(path)}: 'MAP(VARCHAR, DOUBLE)'} (or what the values are), or JSON.`,
  );
  return JSON_TEXT;
}

const KIND_NAMES: ReadonlyMap<number, string> = new Map([
  [KIND.boolean, "true or false"],
  [KIND.text, "text"],
  [KIND.integer, "a number"],
  [KIND.number, "a number"],
  [KIND.list, "a list"],
  [KIND.object, "an object"],
]);

function mixedWarning(node: JsonNode): string {
  const places = new Map<string, string>();
  for (const { kind, place } of node.kindPlaces) {
    const name = KIND_NAMES.get(kind) as string;
    if (!places.has(name)) places.set(name, `${name} (${placeText(place)})`);
  }
  const path = pathOf(node);
  const [what, each] = path.endsWith("[]")
    ? [`elements of the lists in "${path.slice(0, -2)}"`, "list"]
    : [`values in "${path}"`, "value"];
  return (
    `The ${what} are of several kinds: ${[...places.values()].join(", ")}. ` +
    `They are read as text that holds the JSON of each ${each}; correct the values, or cast the column in the SQL.`
  );
}

function placeText(place: JsonPlace | undefined): string {
  return place === undefined ? "" : `first in line ${place.line} of ${place.file}`;
}
