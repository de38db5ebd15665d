import type { TableDefinition, TableFormat } from "./table-definition.ts";
import type { TableFiles } from "./table-files.ts";

export type TableOptions = Exclude<TableDefinition, string>;

/** What one table is read from. */
export type TableInput = {
  readonly name: string;
  readonly options: TableOptions;
  readonly found: TableFiles;
  readonly format: TableFormat;
  readonly hive: boolean;
};
