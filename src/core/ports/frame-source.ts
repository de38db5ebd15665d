/** A column of a table: its name and its type in DuckDB's spelling (`BIGINT`, `STRUCT(a INTEGER)`). */
export type Column = { readonly name: string; readonly type: string };

/** A whole table in one Parquet file, rows in the order that the source gave. */
export type ExtractedTable = {
  /** Absolute path of the Parquet file. */
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly Column[];
};

/** What a source may use while it works. */
export type SourceContext = {
  readonly signal: AbortSignal;
  /** Reports what the user should know of the rows and what is no error: one or two sentences that name the column, the file and the fix. */
  readonly warn?: (message: string) => void;
};

/** Where the rows of a run come from. Called once per run: its rows are frozen, and it is never asked again. */
export type FrameSource = {
  /**
   * The columns, without reading the table. Cheap enough for `check` and `plan`. The types are those that `extract` writes; only whole numbers of
   * more than 64 bits, which the data decides, are BIGINT here and DECIMAL(38,0) there.
   */
  describe(context: SourceContext): Promise<readonly Column[]>;
  /**
   * Writes the rows to the Parquet file `target` (or answers the path of an equal file that exists), streamed: memory does not grow with
   * the table. `limit` keeps the first rows only. An error names the table, or the line and column of the SQL.
   */
  extract(target: string, options: SourceContext & { readonly limit?: number }): Promise<ExtractedTable>;
};
