import type { DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";

type TypeIds = typeof DuckDBTypeId;

/** Turns an SQL expression into one of a type that Parquet and Polars keep exactly; undefined if it is one already. */
export type Rewrite = ((expression: string) => string) | undefined;

/** What a HUGEINT becomes: BIGINT fails for a value of more than 64 bits, the decimal for one of more than 38 digits. */
export type HugeType = "BIGINT" | "DECIMAL(38,0)";

/**
 * How a column has to be rewritten before it is written to Parquet. The reasons, type by type: HUGEINT would become a double, a UUID or JSON
 * bytes, a NULL map an empty list, and an untyped NULL an integer.
 */
export function columnRewrite(column: string, type: DuckDBType, ids: TypeIds, hugeType: HugeType): Rewrite {
  return rewriteOf({ column, ids, path: column, hugeType }, type);
}

type Place = { readonly column: string; readonly path: string; readonly ids: TypeIds; readonly hugeType: HugeType };

function rewriteOf(place: Place, type: DuckDBType): Rewrite {
  const { ids } = place;
  assertSupported(place, type);
  switch (type.typeId) {
    case ids.LIST:
      return listRewrite(place, type.valueType);
    case ids.ARRAY:
      return arrayRewrite(place, type.valueType);
    case ids.STRUCT:
      return structRewrite(place, type.entryNames, type.entryTypes);
    case ids.MAP:
      return mapRewrite(place, type.keyType, type.valueType);
    case ids.HUGEINT:
    case ids.UHUGEINT:
      return castTo(place.hugeType);
    case ids.UUID:
    case ids.ENUM:
    case ids.SQLNULL:
      return castTo("VARCHAR");
    case ids.VARCHAR:
      return type.alias === "JSON" ? castTo("VARCHAR") : undefined;
    case ids.TIMESTAMP_S:
      return castTo("TIMESTAMP");
    default:
      return undefined;
  }
}

function castTo(type: string): Rewrite {
  return (expression) => `CAST(${expression} AS ${type})`;
}

function listRewrite(place: Place, element: DuckDBType): Rewrite {
  const rewrite = rewriteOf({ ...place, path: `${place.path}[]` }, element);
  if (rewrite === undefined) return undefined;
  // Lambdas nest, and an inner parameter may not hide an outer one that it needs.
  const parameter = `e${place.path.length}`;
  return (expression) => `list_transform(${expression}, lambda ${parameter}: ${rewrite(parameter)})`;
}

function arrayRewrite(place: Place, element: DuckDBType): Rewrite {
  const rewrite = listRewrite(place, element);
  const asList = (expression: string) => `CAST(${expression} AS ${element}[])`;
  return rewrite === undefined ? asList : (expression) => rewrite(asList(expression));
}

function structRewrite(place: Place, names: readonly string[], types: readonly DuckDBType[]): Rewrite {
  const fields = types.map((type, index) => {
    const name = names[index] ?? "";
    return { name, rewrite: rewriteOf({ ...place, path: `${place.path}.${name}` }, type) };
  });
  if (fields.every((field) => field.rewrite === undefined)) return undefined;
  return (expression) => {
    const values = fields.map(({ name, rewrite }) => {
      const value = `struct_extract(${expression}, ${quoteText(name)})`;
      return `${quoteIdentifier(name)} := ${rewrite === undefined ? value : rewrite(value)}`;
    });
    return `CASE WHEN ${expression} IS NULL THEN NULL ELSE struct_pack(${values.join(", ")}) END`;
  };
}

function mapRewrite(place: Place, key: DuckDBType, value: DuckDBType): Rewrite {
  const entries = structRewrite(place, ["key", "value"], [key, value]);
  if (entries === undefined) return (expression) => `map_entries(${expression})`;
  const parameter = `e${place.path.length}`;
  return (expression) => `list_transform(map_entries(${expression}), lambda ${parameter}: ${entries(parameter)})`;
}

function assertSupported({ column, path, ids }: Place, type: DuckDBType): void {
  const hint = hintFor(type, ids, quoteIdentifier(column), path !== column);
  if (hint === undefined) return;
  const inside = path === column ? "" : ` (at ${path})`;
  throw new ScoreframeError(
    "COLUMN_TYPE_UNSUPPORTED",
    `The column "${column}" has the type ${type}${inside}, which cannot be kept exactly: ${hint}.`,
    { operation: "check the columns", details: { column, path, type: String(type) } },
  );
}

/** What to write instead; undefined if the type is supported. */
function hintFor(type: DuckDBType, ids: TypeIds, name: string, nested: boolean): string | undefined {
  const write = (sql: string) =>
    nested ? `cast it inside, or leave it out (at the top level: ${sql})` : `write ${sql} in the SQL`;
  switch (type.typeId) {
    case ids.INTERVAL:
      return write(`epoch_us(${name}) AS ${name}`);
    case ids.TIME_TZ:
    case ids.TIME_NS:
      return write(`${name}::TIME AS ${name}`);
    case ids.BIT:
    case ids.BIGNUM:
    case ids.VARIANT:
    case ids.UNION:
    case ids.GEOMETRY:
      return write(`${name}::VARCHAR AS ${name}`);
    case ids.STRUCT:
      return type.entryNames.some((entry) => entry === "") ? write("struct_pack(a := …, b := …)") : undefined;
    default:
      return undefined;
  }
}
