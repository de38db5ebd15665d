import { randomBytes } from "node:crypto";
import type { DataFrame } from "./polars.ts";
import { column, pl, structField } from "./polars.ts";

/**
 * Decodes each value of the column `text` as JSON, types inferred over all of them; null where they do not decode, one by one, into one type.
 *
 * Polars joins the texts by commas before it parses them, so that `{"a":1},{"a":2` followed by `"x":3}` would pass as two rows. Each text is
 * therefore wrapped with its number under a key that nobody can know beforehand: every parsed document must bear the number of its own line.
 */
export function decodeJsonColumn(texts: DataFrame): DataFrame | null {
  const key = `n${randomBytes(8).toString("hex")}`;
  const wrapped = texts
    .withColumn(
      pl.Series(
        "number",
        Int32Array.from({ length: texts.height }, (_, index) => index),
      ),
    )
    .lazy()
    .select(
      pl
        .concatString(
          [pl.lit(`{"${key}":`), column("number").cast(pl.Utf8), pl.lit(',"v":'), column("text"), pl.lit("}")],
          "",
        )
        .alias("text"),
    )
    .collectSync();
  try {
    const documents = pl.DataFrame([wrapped.getColumn("text").str.jsonDecode()]);
    const document = column(documents.columns[0] as string);
    const decoded = documents
      .lazy()
      .select(structField(document, key).alias("number"), structField(document, "v").alias("value"))
      .collectSync();
    return isCountedUp(decoded, texts.height) ? decoded.select("value") : null;
  } catch {
    return null;
  }
}

function isCountedUp(decoded: DataFrame, rows: number): boolean {
  const numbers = decoded.getColumn("number");
  if (decoded.height !== rows || numbers.nullCount() > 0) return false;
  return (numbers.cast(pl.Int64).toTypedArray() as BigInt64Array).every((number, index) => number === BigInt(index));
}
