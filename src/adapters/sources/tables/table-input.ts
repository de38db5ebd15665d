import type { TableFiles } from "./find/table-files.ts";
import type { HiveColumn } from "./hive/hive-columns.ts";
import type { SourceMemory } from "./source-memory.ts";
import type { TableFormat, TableOptions } from "./table-definition.ts";

/** For what tables are read. */
export type TablesUse = {
  /** What the source knows of its files from calls before this one. */
  readonly memory: SourceMemory;
  /** Names in the SQL that may be columns, in lower case. */
  readonly sqlNames: ReadonlySet<string>;
  /** Whether the columns are asked for, and no row will be read. */
  readonly columnsOnly: boolean;
};

/** What one table is read from. */
export type TableInput = TablesUse & {
  readonly name: string;
  readonly options: TableOptions;
  readonly found: TableFiles;
  readonly format: TableFormat;
  /** The columns that the files' folders name. */
  readonly hive: readonly HiveColumn[];
  /** Options that every reader of files takes. */
  readonly fileOptions: string;
};
