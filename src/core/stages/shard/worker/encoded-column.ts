import type { ColumnType } from "../../../domain/types/column-type.ts";

/** A column of a chunk: its name in the table, its name inside the engine (`c0`), its type. */
export type EncodedColumn = { readonly name: string; readonly alias: string; readonly type: ColumnType };
