import type { HiveColumn } from "./hive-columns.ts";
import type { TableFormat, TableOptions } from "./table-definition.ts";
import type { TableFiles } from "./table-files.ts";

/** What one table is read from. */
export type TableInput = {
  readonly name: string;
  readonly options: TableOptions;
  readonly found: TableFiles;
  readonly format: TableFormat;
  /** The columns that the files' folders name. */
  readonly hive: readonly HiveColumn[];
  /** Options that every reader of files takes. */
  readonly fileOptions: string;
};
