import type { ColumnType } from "../../domain/types/column-type.ts";
import { isFloat, isInteger } from "../../domain/types/column-type.ts";
import type { DataFrame, Expr } from "../../polars/polars.ts";
import { column, countMatches, pl } from "../../polars/polars.ts";
import { memoize } from "../../util/memoize.ts";

/** Names that need no escape in a regular expression, and that no JSON writer escapes. */
const PLAIN_NAME = /^[A-Za-z0-9_ -]+$/;
/** An ASCII letter, written as an escape: a name may hide behind it. */
const ESCAPED_LETTER = "\\\\u00[2-7]";
const SURROGATE = "\\\\u[dD][89a-fA-F]";
const SURROGATE_PAIR = "\\\\u[dD][89abAB]..\\\\u[dD][c-fC-F]";
/** Scalars next to lists: after one, before one. A text that a colon follows is the next key. */
const AFTER_LIST = '\\]\\s*,\\s*(?:[^\\[n"\\s]|"(?:[^"\\\\]|\\\\.)*"\\s*[,\\]])';
const BOOLEAN_ELEMENT = "[\\[,]\\s*(?:true|false)";
/** A whole number that a double may not hold. */
const LONG_WHOLE = "(?:^|[\\[,:\\s])-?\\d{16,}\\s*(?:[,\\]}]|$)";
const BEFORE_LIST = "[^\\]l\\s]\\s*,\\s*\\[";

/**
 * Whether the JSON reader of Polars, when it inferred `type`, may have changed values to make them fit: it turns numbers and booleans into
 * text, booleans into numbers, long whole numbers among fractions into the nearest double, a scalar among lists into a list, half of a surrogate pair
 * into U+0000. Searches the texts for values of
 * another kind, which is a tenth of the price of parsing them; may doubt what is right (JSON inside a text), never trusts what is wrong.
 */
export function mayBeCoerced(texts: DataFrame, type: ColumnType): boolean {
  const patterns = foreignValues(type, "^\\s*");
  if (patterns === null) return true;
  const doubt = texts
    .lazy()
    .select(isDoubtful([...new Set(patterns)].join("|")))
    .collectSync();
  return doubt.getColumn("doubt").toArray()[0] === true;
}

/** Whether a text matches the pattern, which may be empty and then matches nothing, or has half of a surrogate pair. */
const isDoubtful = memoize((pattern: string): Expr => {
  const text = column("text");
  const halves = countMatches(text, SURROGATE).sum().cast(pl.Int64);
  const pairs = countMatches(text, SURROGATE_PAIR).sum().cast(pl.Int64);
  const isHalved = halves.neq(pairs.mul(pl.lit(2)));
  const found = pattern === "" ? isHalved : text.str.contains(pattern).any().or(isHalved);
  return found.alias("doubt");
});

/** Patterns of values that are not of the type; `before` matches the text before a value. Null if no pattern can decide. */
function foreignValues(type: ColumnType, before: string): string[] | null {
  if (type === "Null" || type === "Boolean") return [];
  if (isInteger(type)) return [`${before}[tf]`];
  if (isFloat(type)) return [`${before}[tf]`, LONG_WHOLE];
  if (type === "String") return [`${before}[^"n\\s]`];
  if (typeof type === "string") return null;
  if ("List" in type) return foreignElements(type.List, before);
  if (!("Struct" in type)) return null;
  const fields = type.Struct.map(({ name, dtype }) => foreignValues(dtype, `${fieldName(name)}"\\s*:\\s*`));
  return fields.some((patterns) => patterns === null)
    ? null
    : [ESCAPED_LETTER, ...fields.flatMap((patterns) => patterns ?? [])];
}

function foreignElements(element: ColumnType, before: string): string[] | null {
  const noList = `${before}[^\\[n\\s]`;
  if (element === "Null" || element === "Boolean") return [noList];
  if (isInteger(element)) return [noList, BOOLEAN_ELEMENT];
  if (isFloat(element)) return [noList, BOOLEAN_ELEMENT, LONG_WHOLE];
  if (element === "String") return [noList, "[\\[,]\\s*[-0-9tf]"];
  if (typeof element === "string") return null;
  if ("List" in element) {
    const inner = element.List;
    // Two levels are common (probabilities a class, embeddings); more are not worth a pattern.
    if (typeof inner !== "string" && "List" in inner) return null;
    const elements = foreignElements(inner, "\\[\\s*\\[\\s*");
    return elements === null
      ? null
      : [noList, `${before}\\[\\s*[^\\[\\]n\\s]`, AFTER_LIST, BEFORE_LIST, ...elements.slice(1)];
  }
  const fields = foreignValues(element, before);
  return fields === null ? null : [noList, ...fields];
}

/** A name that may be spelled in several ways matches any name. */
function fieldName(name: string): string {
  return PLAIN_NAME.test(name) ? `"${name}` : "";
}
