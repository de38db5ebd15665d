import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import { quoteTexts } from "../../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../../tables/find/table-files.ts";

/** A column or a field of a Parquet file, as its footer has it. */
export type ParquetNode = {
  readonly name: string;
  /** The physical type of a leaf (`INT96`); null for what has fields. */
  readonly physical: string | null;
  /** What the bytes mean (`DecimalType(scale=2, precision=40)`); null if they mean themselves. */
  readonly logical: string | null;
  readonly precision: number | null;
  readonly children: readonly ParquetNode[];
};

/** Files whose footers have the same schema, in the order in which they are read. */
export type SchemaGroup = { readonly files: readonly string[]; readonly columns: readonly ParquetNode[] };

type Element = Readonly<Record<string, unknown>>;

/** Reads every footer once, and the schema of one file for each distinct schema. */
export async function readSchemas(session: DuckdbSession, files: readonly string[]): Promise<SchemaGroup[]> {
  const groups = files.length === 1 ? [[...files]] : await sameSchemas(session, files);
  const firsts = groups.map(([first = ""]) => first);
  const elements = new Map<string, Element[]>(firsts.map((file) => [file, []]));
  const rows = await session.query(
    `SELECT file_name, name, type, num_children::INTEGER AS children, logical_type AS logical, converted_type AS converted, "precision"::INTEGER AS digits
     FROM parquet_schema(${fileList(firsts)})`,
  );
  for (const row of rows) elements.get(String(row["file_name"]))?.push(row);
  return groups.map((group, index) => ({ files: group, columns: columnsOf(elements.get(firsts[index] ?? "") ?? []) }));
}

/** Files as DuckDB takes them literally. */
export function fileList(files: readonly string[]): string {
  return quoteTexts(files.map(escapeGlob));
}

/** The leaves of a column, depth first. */
export function leavesOf(node: ParquetNode): readonly ParquetNode[] {
  return node.physical === null ? node.children.flatMap(leavesOf) : [node];
}

async function sameSchemas(session: DuckdbSession, files: readonly string[]): Promise<string[][]> {
  const rows = await session.query(
    `SELECT file_name, sum(hash(column_id, name, type, repetition_type = 'REPEATED', num_children, converted_type, scale, "precision", logical_type, duckdb_type))::VARCHAR AS schema
     FROM parquet_schema(${fileList(files)}) GROUP BY file_name`,
  );
  const schemas = new Map(rows.map((row) => [String(row["file_name"]), String(row["schema"])]));
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const schema = schemas.get(file) ?? file;
    const group = groups.get(schema);
    if (group === undefined) groups.set(schema, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/** The elements of a schema come depth first: the root, then each column before its fields. */
function columnsOf(elements: readonly Element[]): readonly ParquetNode[] {
  let next = 0;
  const take = (): ParquetNode => {
    const element = elements[next] ?? {};
    next += 1;
    const children: ParquetNode[] = [];
    for (let left = Number(element["children"] ?? 0); left > 0 && next < elements.length; left -= 1) {
      children.push(take());
    }
    const logical = element["logical"] ?? element["converted"] ?? null;
    return {
      name: String(element["name"]),
      physical: element["type"] === null ? null : String(element["type"]),
      logical: logical === null ? null : String(logical),
      precision: element["digits"] === null ? null : Number(element["digits"]),
      children,
    };
  };
  return take().children;
}
