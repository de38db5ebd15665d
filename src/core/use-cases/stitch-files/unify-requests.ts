import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { commonType, typeText } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";

/** The columns of one request file. */
export type RequestColumns = { readonly file: string; readonly columns: readonly TypedColumn[] };

/** The columns of all files, each with the type that holds the values of all. `ROWS_INVALID` names the two files that have none in common. */
export function unifyRequests(files: readonly RequestColumns[]): TypedColumn[] {
  const known = new Map<string, { type: ColumnType; file: string }>();
  for (const { file, columns } of files) {
    for (const { name, type } of columns) {
      const before = known.get(name);
      const common = before === undefined ? type : commonType(before.type, type);
      if (common === null) throw conflict(name, before as NonNullable<typeof before>, { type, file });
      // The file that first showed a type is the one to name, not one whose values were all null.
      if (before === undefined || before.type === "Null") known.set(name, { type: common, file });
      else before.type = common;
    }
  }
  return [...known].map(([name, { type }]) => ({ name, type }));
}

type Seen = { readonly type: ColumnType; readonly file: string };

function conflict(column: string, before: Seen, now: Seen): ScoreframeError {
  return new ScoreframeError(
    "ROWS_INVALID",
    `Column "${column}" is ${typeText(before.type)} in request file ${before.file} and ${typeText(now.type)} in request file ${now.file}. ` +
      "Give each column one type, or stitch the files separately.",
    { operation: "stitch", details: { column, types: [typeText(before.type), typeText(now.type)] } },
  );
}
