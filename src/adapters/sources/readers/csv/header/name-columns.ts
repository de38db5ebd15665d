import { tableUnreadable } from "../../../tables/table-error.ts";
import type { TableInput } from "../../../tables/table-input.ts";
import type { CsvDialect } from "../layout/csv-dialect.ts";
import { cut } from "../layout/csv-head.ts";
import type { FileHead } from "../layout/read-heads.ts";
import { differenceOfNames, headerNames, listNames, numberedNames, repeatedName } from "./header-names.ts";

export type NamedFile = FileHead & { readonly names: readonly string[] };

/** Throws if the names of a file are not distinct, or are not those of the first one. */
export function nameColumns(
  input: TableInput,
  heads: readonly FileHead[],
  hasHeader: boolean,
  dialect: CsvDialect,
): NamedFile[] {
  const named: NamedFile[] = [];
  const [firstHead] = heads;
  const count = firstHead?.records[0]?.cells.length ?? 0;
  const expected =
    hasHeader && firstHead?.records[0] !== undefined ? headerNames(firstHead.records[0]) : numberedNames(count);
  for (const head of heads) {
    const [first] = head.records;
    if (!hasHeader) {
      named.push({ ...head, names: expected });
      continue;
    }
    const names = first === undefined ? expected : headerNames(first);
    assertNamesDiffer(input.name, head.file.path, names);
    const difference = differenceOfNames(names, expected);
    if (difference !== undefined) throw otherNames(input, head, names, expected, difference, dialect);
    named.push({ ...head, names });
  }
  return named;
}

function otherNames(
  { name }: TableInput,
  head: FileHead,
  names: readonly string[],
  expected: readonly string[],
  difference: string,
  dialect: CsvDialect,
): Error {
  const known = new Set(expected.map((each) => each.toLowerCase()));
  const line = head.records[0]?.cells.map(({ text }) => text).join(String.fromCharCode(dialect.delimiter)) ?? "";
  if (!names.some((each) => known.has(each.toLowerCase()))) {
    return tableUnreadable(
      name,
      head.file.path,
      `it has no header with the names of the other files (${listNames(expected)}): its first line is ${cut(line)}. Write the header into it, or declare header: false if no file has one`,
    );
  }
  return tableUnreadable(
    name,
    head.file.path,
    `its header is one ${difference}, compared with the first file of the table. Write the files of one table with the same names, or make them two tables and join them in the SQL: UNION ALL BY NAME`,
  );
}

/** DuckDB would give the second one another name. */
function assertNamesDiffer(table: string, file: string, names: readonly string[]): void {
  const same = repeatedName(names);
  if (same === undefined) return;
  const problem =
    same.first === same.second
      ? `its header has the name "${same.first}" twice`
      : `its header has the names "${same.first}" and "${same.second}", which differ in case only`;
  throw tableUnreadable(
    table,
    file,
    `${problem}. Rename one, or give all names in the SQL: FROM read_csv('…', names = ['…', '…'])`,
  );
}
