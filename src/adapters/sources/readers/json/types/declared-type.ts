import type { DuckDBType, DuckDBTypeId } from "@duckdb/node-api";
import { ScoreframeError } from "../../../../../core/errors/scoreframe-error.ts";
import { readDuckdbError } from "../../../../duckdb/duckdb-error.ts";
import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";

/** A type that the job gives a column of JSON, taken apart. `type` is DuckDB's spelling. */
export type DeclaredType = { readonly type: string } & (
  | { readonly kind: "text" | "json" | "boolean" | "float" | "double" | "date" | "time" | "uuid" | "bytes" }
  | { readonly kind: "integer"; readonly least: bigint; readonly most: bigint }
  | { readonly kind: "decimal"; readonly whole: number; readonly scale: number }
  /** `digits`: of a second. */
  | { readonly kind: "timestamp"; readonly digits: number; readonly zoned: boolean }
  | { readonly kind: "enum"; readonly values: ReadonlySet<string> }
  | { readonly kind: "list" | "map"; readonly element: DeclaredType }
  | { readonly kind: "struct"; readonly fields: ReadonlyMap<string, DeclaredType> }
);

/** Reads the types that the job declares for a table's columns, in DuckDB's spelling. */
export async function readDeclaredTypes(
  session: DuckdbSession,
  table: string,
  types: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, DeclaredType>> {
  const declared = new Map<string, DeclaredType>();
  for (const [column, type] of Object.entries(types)) {
    const place = { table, column, spelling: type };
    declared.set(column, declaredType(place, await bindType(session, place), session.duckdb.DuckDBTypeId));
  }
  return declared;
}

type Place = { readonly table: string; readonly column: string; readonly spelling: string };

async function bindType(session: DuckdbSession, place: Place): Promise<DuckDBType> {
  try {
    const statements = await session.connection.extractStatements(`SELECT CAST(NULL AS ${place.spelling}\n)`);
    if (statements.count !== 1) throw new Error("It is more than a type.");
    const statement = await statements.prepare(0);
    try {
      return statement.columnType(0);
    } finally {
      statement.destroySync();
    }
  } catch (error) {
    throw typeInvalid(
      place,
      `is not a type of DuckDB (${readDuckdbError(error).reason.split("\n")[0]})`,
      "Correct it",
      error,
    );
  }
}

function declaredType(place: Place, type: DuckDBType, ids: typeof DuckDBTypeId): DeclaredType {
  const name = String(type);
  switch (type.typeId) {
    case ids.VARCHAR:
      return { kind: type.alias === "JSON" ? "json" : "text", type: type.alias === "JSON" ? "JSON" : name };
    case ids.BOOLEAN:
      return { kind: "boolean", type: name };
    case ids.FLOAT:
      return { kind: "float", type: name };
    case ids.DOUBLE:
      return { kind: "double", type: name };
    case ids.DATE:
      return { kind: "date", type: name };
    case ids.TIME:
      return { kind: "time", type: name };
    case ids.UUID:
      return { kind: "uuid", type: name };
    case ids.BLOB:
      return { kind: "bytes", type: name };
    case ids.DECIMAL:
      return { kind: "decimal", type: name, whole: type.width - type.scale, scale: type.scale };
    case ids.ENUM:
      return { kind: "enum", type: name, values: new Set(type.values) };
    case ids.LIST:
      return { kind: "list", type: name, element: declaredType(place, type.valueType, ids) };
    case ids.MAP:
      if (type.keyType.typeId !== ids.VARCHAR)
        throw unsupported(place, name, "The keys of a JSON object are text: declare MAP(VARCHAR, …)");
      return { kind: "map", type: name, element: declaredType(place, type.valueType, ids) };
    case ids.STRUCT: {
      const fields = type.entryNames.map(
        (field, index) => [field, declaredType(place, type.entryTypes[index] as DuckDBType, ids)] as const,
      );
      return { kind: "struct", type: name, fields: new Map(fields) };
    }
    default:
      return integerType(type, ids) ?? timestampType(type, ids) ?? unsupportedType(place, name);
  }
}

function integerType(type: DuckDBType, ids: typeof DuckDBTypeId): DeclaredType | undefined {
  const bits = new Map<DuckDBTypeId, readonly [signed: boolean, bits: bigint]>([
    [ids.TINYINT, [true, 8n]],
    [ids.SMALLINT, [true, 16n]],
    [ids.INTEGER, [true, 32n]],
    [ids.BIGINT, [true, 64n]],
    [ids.HUGEINT, [true, 128n]],
    [ids.UTINYINT, [false, 8n]],
    [ids.USMALLINT, [false, 16n]],
    [ids.UINTEGER, [false, 32n]],
    [ids.UBIGINT, [false, 64n]],
    [ids.UHUGEINT, [false, 128n]],
  ]).get(type.typeId);
  if (bits === undefined) return undefined;
  const [signed, width] = bits;
  const least = signed ? -(2n ** (width - 1n)) : 0n;
  return { kind: "integer", type: String(type), least, most: least + 2n ** width - 1n };
}

function timestampType(type: DuckDBType, ids: typeof DuckDBTypeId): DeclaredType | undefined {
  const digits = new Map<DuckDBTypeId, number>([
    [ids.TIMESTAMP_S, 0],
    [ids.TIMESTAMP_MS, 3],
    [ids.TIMESTAMP, 6],
    [ids.TIMESTAMP_TZ, 6],
    [ids.TIMESTAMP_NS, 9],
  ]).get(type.typeId);
  if (digits === undefined) return undefined;
  return { kind: "timestamp", type: String(type), digits, zoned: type.typeId === ids.TIMESTAMP_TZ };
}

function unsupportedType(place: Place, name: string): never {
  throw unsupported(place, name, "Declare VARCHAR, and cast the column in the SQL");
}

function unsupported(place: Place, name: string, fix: string): ScoreframeError {
  return typeInvalid(place, `has ${name}, which JSON is not read as`, fix, undefined);
}

function typeInvalid(
  { table, column, spelling }: Place,
  problem: string,
  fix: string,
  cause: unknown,
): ScoreframeError {
  const option = `source.tables.${table}.types.${column}`;
  const message = `The type of the column "${column}", ${JSON.stringify(spelling)}, ${problem}. ${fix} (${option}).`;
  return new ScoreframeError("JOB_INVALID", message, { option, details: { table, column, type: spelling }, cause });
}
