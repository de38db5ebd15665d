import { KIND } from "../../../../../core/domain/cell-kind.ts";
import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";
import type { TableInput } from "../../../tables/table-input.ts";
import type { CsvColumn } from "../csv-select.ts";
import { DECLARED_DATE } from "../csv-select.ts";
import type { NamedFile } from "../header/name-columns.ts";
import { columnType } from "./column-type.ts";
import type { FileFacts } from "./csv-warnings.ts";
import { missingValuesWarning, nearColumnsWarning } from "./csv-warnings.ts";
import type { DateFormat } from "./date-format.ts";
import type { NearColumn } from "./near-columns.ts";
import { nearColumn } from "./near-columns.ts";
import type { FileScan } from "./scan-file.ts";

export type ScannedFile = NamedFile & { readonly scan: FileScan };

type Declared = {
  readonly names: readonly string[];
  readonly types: ReadonlyMap<string, string>;
  readonly dateFormat: DateFormat | undefined;
};

/** A type for each column that holds all cells of all files, and warnings of what may be meant otherwise. */
export function decideTypes(
  session: DuckdbSession,
  { name: table, options }: TableInput,
  files: readonly ScannedFile[],
  { names, types, dateFormat }: Declared,
): CsvColumn[] {
  const missing: { name: string; facts: FileFacts[] }[] = [];
  const near: NearColumn[] = [];
  const places = files.map((file) => new Map(file.names.map((name, index) => [name, index])));
  const columns = names.map((name): CsvColumn => {
    const facts = files.flatMap(({ file, scan }, index): FileFacts[] => {
      const found = scan.columns[places[index]?.get(name) ?? -1];
      return found === undefined ? [] : [{ file: file.path, facts: found }];
    });
    const all = facts.map((each) => each.facts);
    const quotedNulls = all.some((each) => each.quotedNulls) ? ["", ...(options.nulls ?? [])] : [];
    const declared = types.get(name);
    if (declared !== undefined) {
      return {
        name,
        type: declared,
        way: 0,
        isDeclared: declared !== "VARCHAR",
        nulls: declared === "VARCHAR" ? [] : quotedNulls,
      };
    }
    const { type, way, why } = columnType(all, dateFormat?.type ?? "DATE");
    if (type === "VARCHAR") {
      const text = nearColumn(name, facts, sampleOf(files, places, name), why);
      if (text !== undefined) near.push(text);
      return { name, type, way: 0, isDeclared: false, nulls: options.nulls?.includes("") === true ? [""] : [] };
    }
    const markers = all.flatMap((each) => each.markers.map(({ text }) => text));
    if (markers.length > 0) missing.push({ name, facts });
    const isFormatted = all.some((each) => each.kind === KIND.DECLARED);
    return {
      name,
      type,
      way: isFormatted ? DECLARED_DATE : way,
      isDeclared: false,
      nulls: [...new Set([...quotedNulls, ...markers])],
    };
  });
  for (const warning of [missingValuesWarning(table, missing), nearColumnsWarning(table, near)]) {
    if (warning !== undefined) session.warn(warning);
  }
  return columns;
}

function sampleOf(
  files: readonly ScannedFile[],
  places: readonly ReadonlyMap<string, number>[],
  name: string,
): string[] {
  const cells: string[] = [];
  for (const [index, { records }] of files.entries()) {
    const at = places[index]?.get(name) ?? -1;
    for (const record of records.slice(1)) cells.push(record.cells[at]?.text ?? "");
    if (cells.length >= 200) break;
  }
  return cells;
}
