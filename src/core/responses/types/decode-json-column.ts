import { randomBytes } from "node:crypto";
import type { ColumnType } from "../../domain/types/column-type.ts";
import { frameSchema } from "../../polars/frame-schema.ts";
import type { DataFrame, Expr } from "../../polars/polars.ts";
import { column, decodeJson, pl, structField } from "../../polars/polars.ts";
import { memoize } from "../../util/memoize.ts";
import { mayBeCoerced } from "./json-coercion.ts";
import { orderFields } from "./order-fields.ts";
import { storableValues } from "./storable-values.ts";

/** Another one in each process, and it leaves none. */
const NUMBER = `n${randomBytes(8).toString("hex")}`;

/** Values in a column `value`, and their type. */
export type DecodedColumn = { readonly values: DataFrame; readonly type: ColumnType };

/**
 * Decodes each value of the column `text` as JSON. Without a type it is inferred over all of them, and the answer is null at the first doubt:
 * if a text does not decode by itself, if they have no type in common, if Polars might have changed a value. With a type,
 * which must hold all values (`widenType`), null means that a text is not JSON.
 *
 * Polars joins the texts by commas before it parses them, so that `{"a":1},{"a":2` followed by `"x":3}` would pass as two rows. Each text is
 * therefore wrapped with its number under a random key (`NUMBER`) that no server can know: every parsed document must bear the number of its own line.
 */
export function decodeJsonColumn(texts: DataFrame, type?: ColumnType): DecodedColumn | null {
  const decoded = decodeTexts(texts, type);
  return decoded === null ? null : storableValues(decoded.values, decoded.type);
}

function decodeTexts(texts: DataFrame, type: ColumnType | undefined): DecodedColumn | null {
  const wrapped = wrapTexts(texts);
  if (type !== undefined) return decodeAs(wrapped, type);
  const documents = readableOrNull(() => pl.DataFrame([wrapped.getColumn("text").str.jsonDecode()]));
  const values = documents === null ? null : unwrap(documents, texts.height);
  if (values === null) return null;
  const inferred = frameSchema(values)[0]?.type ?? "Null";
  if (mayBeCoerced(texts, inferred)) return null;
  const ordered = orderFields(inferred, firstValue(texts));
  return JSON.stringify(ordered) === JSON.stringify(inferred) ? { values, type: inferred } : decodeAs(wrapped, ordered);
}

function readableOrNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function wrapTexts(texts: DataFrame): DataFrame {
  const numbers = Int32Array.from({ length: texts.height }, (_, index) => index);
  return texts.withColumn(pl.Series("number", numbers)).lazy().select(wrappedText(null)).collectSync();
}

const wrappedText = memoize((_: null): Expr => {
  const parts = [pl.lit(`{"${NUMBER}":`), column("number").cast(pl.Utf8), pl.lit(',"v":'), column("text"), pl.lit("}")];
  return pl.concatString(parts, "").alias("text");
});

function decodeAs(wrapped: DataFrame, type: ColumnType): DecodedColumn | null {
  const documents = readableOrNull(() => wrapped.lazy().select(decodedDocument(type)).collectSync());
  const values = documents === null ? null : unwrap(documents, wrapped.height);
  return values === null ? null : { values, type };
}

const decodedDocument = memoize((type: ColumnType): Expr => {
  const document: ColumnType = {
    Struct: [
      { name: NUMBER, dtype: "Int32" },
      { name: "v", dtype: type },
    ],
  };
  return decodeJson(column("text"), document).alias("text");
});

/** The values of documents that bear the numbers 0, 1, 2, …; null if they do not. */
function unwrap(documents: DataFrame, rows: number): DataFrame | null {
  const decoded = documents
    .lazy()
    .select(numberAndValue(documents.columns[0] as string))
    .collectSync();
  return isCountedUp(decoded, rows) ? decoded.drop("number") : null;
}

const numberAndValue = memoize((name: string): Expr[] => {
  const document = column(name);
  return [structField(document, NUMBER).cast(pl.Int64).alias("number"), structField(document, "v").alias("value")];
});

function isCountedUp(decoded: DataFrame, rows: number): boolean {
  const numbers = decoded.getColumn("number");
  if (decoded.height !== rows || numbers.nullCount() > 0) return false;
  return (numbers.toTypedArray() as BigInt64Array).every((number, index) => number === BigInt(index));
}

function firstValue(texts: DataFrame): unknown {
  const [text] = texts.head(1).getColumn("text").toArray() as (string | null)[];
  return JSON.parse(text ?? "null");
}
