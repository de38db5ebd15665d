import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";
import { tableUnreadable } from "../../../tables/table-error.ts";
import type { TableInput } from "../../../tables/table-input.ts";
import type { CsvDialect } from "../layout/csv-dialect.ts";
import { cut } from "../layout/csv-head.ts";
import type { FileHead } from "../layout/read-heads.ts";
import { scanFile } from "../types/scan-file.ts";
import { firstRecord } from "./first-record.ts";

/** Evidence of any file is evidence for all, because they must agree; undefined if there is none. */
export function findHeader(heads: readonly FileHead[], sqlNames: ReadonlySet<string>): boolean | undefined {
  const [first] = heads;
  if (first === undefined) return undefined;
  const textOf = ({ records: [record] }: FileHead): string => JSON.stringify(record?.cells.map(({ text }) => text));
  const firstText = textOf(first);
  const others = heads.filter((head) => textOf(head) !== firstText);
  const verdicts = [first, ...others].map(({ records }) => firstRecord(records, sqlNames));
  if (verdicts.includes("names")) return true;
  if (verdicts.includes("row")) return false;
  const isShared = heads.length > 1 && others.length === 0 && heads.some(({ records }) => records.length > 1);
  const areNames = first.records[0]?.cells.every(({ text }) => /^[\p{L}_]/u.test(text)) === true;
  return isShared && areNames ? true : undefined;
}

/** Another fault of the file is more important, and is thrown instead. */
export async function headerUnclear(
  session: DuckdbSession,
  { name, options }: TableInput,
  [first]: readonly FileHead[],
  dialect: CsvDialect,
): Promise<Error> {
  const cells = first?.records[0]?.cells ?? [];
  const fault = (reason: string): Error => tableUnreadable(name, first?.file.path, reason);
  if (first !== undefined) {
    const scan = {
      dialect,
      hasHeader: true,
      columns: cells.length,
      nulls: options.nulls ?? [],
      declared: new Set<number>(),
    };
    await scanFile(first.file, scan, session.signal, fault);
  }
  return fault(
    `its first line may hold the names of the columns or a row: ${cut(cells.map(({ text }) => text).join(", "))}. ` +
      "Declare which for the table: header: true, or header: false",
  );
}
