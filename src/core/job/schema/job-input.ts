// Made by `npm run generate` from src/core/job/job-schema.ts.

/** A JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A backend that is not known here: its options are its own. */
export type AnyBackendInput = { readonly kind: string; readonly [option: string]: unknown };

/** A source that is not known here: its options are its own. */
export type AnySourceInput = { readonly kind: string; readonly [option: string]: unknown };

/** The `source` of a job, of the kinds that the package has. */
export type BuiltinSourceInput =
  | {
      /** The rows are the result of a query. */
      readonly kind: "sql";
      /**
       * The tables that the query may read: the name in the query, and the file where the table is.
       * @default {}
       */
      readonly tables?:
        | {
            readonly [name: string]:
              | string
              | {
                  /** Path of a file, a folder or a glob, relative to the job file's folder, or `s3://bucket/key`. */
                  readonly path: string;
                  /** How the file is written. Without it, the ending of the path decides. */
                  readonly format?: "parquet" | "csv" | "tsv" | "json" | "jsonl" | "duckdb" | undefined;
                  /** CSV: whether the first line holds the names. Without it, the cells must show it, or the file is rejected. */
                  readonly header?: boolean | undefined;
                  /** CSV: the character between cells. Without it: the one that the first line has most of. */
                  readonly delimiter?: string | undefined;
                  /** CSV: the character around cells that hold a delimiter or a line end. Without it: `"`. */
                  readonly quote?: string | undefined;
                  /** CSV: the character before a quote inside of quotes. Without it: the quote itself (`""`). */
                  readonly escape?: string | undefined;
                  /** CSV: the encoding, such as `utf-8`, `utf-16` or `windows-1252`. Without it: UTF-8. */
                  readonly encoding?: string | undefined;
                  /** CSV: how dates are written, such as `%d.%m.%Y`. Without it, only ISO dates (`2024-05-01`) are dates. */
                  readonly dateformat?: string | undefined;
                  /** CSV: cells that mean null, such as `NA`, in addition to the empty cell. */
                  readonly nulls?: readonly string[] | undefined;
                  /** CSV and JSON: types of columns, in DuckDB's spelling: `{ code: VARCHAR, amount: 'DECIMAL(18,2)' }`. */
                  readonly types?: { readonly [name: string]: string } | undefined;
                  /** Name of the table inside a DuckDB file. */
                  readonly table?: string | undefined;
                  /** Whether folders named `key=value` become columns. Without it, the path decides. */
                  readonly hive?: boolean | undefined;
                };
          }
        | undefined;
      /**
       * The query, in DuckDB's dialect. What it returns is scored. Values of templates are inserted unchanged, see
       * Values in SQL.
       */
      readonly sql: string;
      /**
       * Values that the query names as `$name`: `{ ds: '{{ ds }}' }` and `where ds = $ds`. No value can become a part
       * of the query.
       */
      readonly parameters?:
        | { readonly [name: string]: string | number | boolean | null | readonly (string | number | boolean | null)[] }
        | undefined;
    }
  | {
      /** The rows are given as they are. */
      readonly kind: "rows";
      /**
       * A file, a folder or a glob of rows (Parquet, CSV, JSON lines), here or on S3. Left out if a program passes the
       * rows in memory.
       */
      readonly path?: string | undefined;
      /** How the file is written. Without it, the ending of the path decides. */
      readonly format?: "parquet" | "csv" | "tsv" | "json" | "jsonl" | "duckdb" | undefined;
      /** CSV: whether the first line holds the names. Without it, the cells must show it, or the file is rejected. */
      readonly header?: boolean | undefined;
      /** CSV: the character between cells. Without it: the one that the first line has most of. */
      readonly delimiter?: string | undefined;
      /** CSV: the character around cells that hold a delimiter or a line end. Without it: `"`. */
      readonly quote?: string | undefined;
      /** CSV: the character before a quote inside of quotes. Without it: the quote itself (`""`). */
      readonly escape?: string | undefined;
      /** CSV: the encoding, such as `utf-8`, `utf-16` or `windows-1252`. Without it: UTF-8. */
      readonly encoding?: string | undefined;
      /** CSV: how dates are written, such as `%d.%m.%Y`. Without it, only ISO dates (`2024-05-01`) are dates. */
      readonly dateformat?: string | undefined;
      /** CSV: cells that mean null, such as `NA`, in addition to the empty cell. */
      readonly nulls?: readonly string[] | undefined;
      /** CSV and JSON: types of columns, in DuckDB's spelling: `{ code: VARCHAR, amount: 'DECIMAL(18,2)' }`. */
      readonly types?: { readonly [name: string]: string } | undefined;
      /** Name of the table inside a DuckDB file. */
      readonly table?: string | undefined;
      /** Whether folders named `key=value` become columns. Without it, the path decides. */
      readonly hive?: boolean | undefined;
    };

/** A job as it is written: what has a default may be left out. Keys are those of the job file. */
export type JobInput<Backend = AnyBackendInput, Source = BuiltinSourceInput> = {
  /** Name of the job, in run ids and reports. */
  readonly name: string;
  /** Where the rows come from. */
  readonly source: Source;
  /** What the model is given. */
  readonly model?:
    | {
        /** Columns that are sent to the model. Without it: all but `passthrough`. */
        readonly features?: readonly string[] | undefined;
        /** Columns that are not sent and come back in the output. Without it: all that are not `features`. */
        readonly passthrough?: readonly string[] | undefined;
        /** How rows are written into a request. Without it: the protocol that the backend names first. */
        readonly protocol?:
          | "instances"
          | "dataframe_split"
          | "dataframe_records"
          | "records"
          | "json_lines"
          | "csv"
          | "open_inference"
          | undefined;
        /**
         * For the protocol `open_inference`: the name of one tensor for all features. Without it, each feature is a
         * tensor of its own name.
         */
        readonly tensor?: string | undefined;
        /**
         * Parameters of the model, sent with every request in addition to its rows, if the protocol has a place for
         * them.
         */
        readonly params?: { readonly [name: string]: JsonValue } | undefined;
      }
    | undefined;
  /** How rows are packed into requests. */
  readonly requests?:
    | {
        /**
         * Most megabytes (10^6 bytes) in one request file, which is one shard: the unit of scoring, retry and the
         * ledger.
         * @default 5
         */
        readonly file_size_mb?: number | undefined;
        /**
         * Most rows in one request. Without it: 500, and no more than 1 MB (10^6 bytes) of them; 5 with the backend
         * `sagemaker`.
         */
        readonly batch_size?: number | undefined;
        /**
         * How NaN and infinities among the features are sent: as `null`, as the texts `NaN`, `Infinity` and `-Infinity`,
         * or not at all: the row becomes a dead letter.
         * @default "null"
         */
        readonly non_finite?: "null" | "text" | "error" | null | undefined;
        /**
         * For the protocol `csv`: whether each request begins with a line of the features' names. Without it: yes, if
         * the backend can. The sagemaker backend sends none, and its built-in algorithms expect none.
         */
        readonly csv_header?: boolean | undefined;
      }
    | undefined;
  /** The shape of a request's body, for servers whose JSON is not that of a protocol. */
  readonly request?:
    | {
        /**
         * JSON pointer (RFC 6901) to the list of rows in the body of a request: `/data` makes `{"data": [row, …]}`,
         * `/payload/rows` nested objects, and `""` the list alone.
         */
        readonly rows?: string | undefined;
        /**
         * Instead of `rows`, for a server that takes one row per request: JSON pointer to the row. `/features` makes
         * `{"features": row}`, and `""` the row alone.
         */
        readonly row?: string | undefined;
        /**
         * A row as an object by column (`{"a":1,"b":2}`), as a list of its values (`[1,2]`), or as the value of its only
         * feature (`1`). Without it: `object`.
         */
        readonly row_form?: "object" | "array" | "value" | undefined;
        /** Other members of the body, the same in every request: `{ model: churn, version: 3 }`. */
        readonly body?: { readonly [name: string]: JsonValue } | undefined;
      }
    | undefined;
  /** The shape of a response's body. */
  readonly response?:
    | {
        /**
         * JSON pointer to the predictions in the body of a response: a list with one for each row, or, with
         * `request.row`, the prediction of the row. `""` is the whole body. Without it: where the protocol has them;
         * with `request.row`, the whole body.
         */
        readonly predictions?: string | undefined;
        /**
         * Pairs predictions with rows by a key and not by their order: a column whose value each prediction repeats
         * under the same name, or `{ column: id, at: /meta/id }`.
         */
        readonly key?:
          | string
          | {
              /** Column of the source that identifies a row. It is sent with the row. */
              readonly column: string;
              /**
               * Where a prediction has it: the name of a member, or a JSON pointer (`/meta/id`, of a list `/0`). Without it: a
               * member of the column's name.
               */
              readonly at?: string | undefined;
            }
          | undefined;
        /**
         * Pairs predictions with rows by the number of the row in its request, from 0, which each prediction has: the
         * name of a member, or a JSON pointer.
         */
        readonly index?: string | undefined;
      }
    | undefined;
  /** Where the model is, with the options of that backend. */
  readonly backend: Backend;
  /**
   * Modules of sources and backends that are not part of the package, for `source.kind` and `backend.kind`: paths
   * relative to the job file's folder, such as `./my-source.ts`, or names of installed packages. See Add a source
   * and Add a backend.
   */
  readonly plugins?: readonly string[] | undefined;
  /** The same as `plugins`, under its former name. */
  readonly backends?: readonly string[] | undefined;
  /** The table that is written. */
  readonly output: {
    /** Folder of the table that is written, relative to the job file's folder, or `s3://bucket/prefix`. */
    readonly path: string;
    /**
     * Format of the table's files.
     * @default "parquet"
     */
    readonly format?: "parquet" | "csv" | "jsonl" | undefined;
    /**
     * CSV: whether text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a
     * carriage return) gets an apostrophe before it. Numbers stay as they are.
     * @default false
     */
    readonly csv_escape_formulas?: boolean | undefined;
    /**
     * Columns that become folders named `column=value`.
     * @default []
     */
    readonly partition_by?: readonly string[] | undefined;
    /**
     * A contract: the name and the type of every prediction column. Values are read as these types, and what is of
     * another type fails its row. Types: `boolean`, `int8`, `int16`, `int32`, `int64`, `integer`, `uint64`, `float`,
     * `double`, `string`, `varchar`, `date`, `timestamp`, `list<…>`, `struct<name: …, …>`, each with `not null`
     * behind it if null must fail its row.
     */
    readonly predictions?: { readonly [name: string]: string } | undefined;
    /** Put before the name of every prediction column. */
    readonly prefix?: string | undefined;
    /**
     * Whether a prediction that is an object of objects becomes flat columns, their names joined by `_`.
     * @default false
     */
    readonly flatten?: boolean | undefined;
    /**
     * `all`: every column of the source and the predictions. `predictions`: passthrough and partition columns and
     * the predictions.
     * @default "all"
     */
    readonly columns?: "predictions" | "all" | undefined;
    /**
     * Whether the columns `row_id` (number of the request line) and `batch_index` (place in it) are written.
     * @default false
     */
    readonly include_row_id?: boolean | undefined;
    /**
     * What happens to data that is there already. `overwrite_partitions` replaces the partitions that this run
     * writes (the whole table if there are none), so that a re-run gives the same table; `append` adds; `error`
     * fails.
     * @default "overwrite_partitions"
     */
    readonly if_exists?: "error" | "overwrite_partitions" | "append" | undefined;
    /**
     * What happens if the columns differ from those of the table that this run adds to. `strict` rejects new and
     * missing columns; `evolve` adds new ones and fills missing ones with null.
     * @default "strict"
     */
    readonly schema?: "strict" | "evolve" | undefined;
    /**
     * Whether a run ends only when its table is on the disk, so that it survives a power cut. `false` leaves that to
     * the operating system. S3 stores it either way.
     * @default true
     */
    readonly durable?: boolean | undefined;
  };
  /** What happens when rows fail. */
  readonly failure?:
    | {
        /**
         * How many rows may fail; if more fail, nothing is published. A count, or a ratio of the input strictly between
         * 0 and 1.
         * @default 0
         */
        readonly max_failed_rows?: number | undefined;
        /**
         * How many predictions may be null; if more are, nothing is published. A count, a ratio of the scored rows
         * strictly between 0 and 1, or `all`. Without it: fewer than all.
         */
        readonly max_null_predictions?: number | "all" | undefined;
        /**
         * Fewest rows that the source must give. With fewer the run fails before anything is scored. Without it: a run
         * without rows succeeds, with a warning.
         */
        readonly min_rows?: number | undefined;
        /**
         * What happens to a row that alone exceeds the backend's payload limit.
         * @default "fail"
         */
        readonly oversized_rows?: "fail" | "dead_letter" | "skip" | undefined;
        /**
         * Whether a rejected request is sent again in smaller parts, so that only the rows that fail are lost.
         * @default true
         */
        readonly isolate_failed_rows?: boolean | undefined;
      }
    | undefined;
  /**
   * Before anything is published, some rows are sent to the model again, each alone, and compared with what is
   * about to be published. `false` turns it off, here and in `check`. Backends whose requests cost time or money
   * (`sagemaker`) are not asked again. See how a run works.
   */
  readonly verify?:
    | boolean
    | {
        /** How many rows are sent again, spread over the whole run. Without it: 20. `0` turns it off. */
        readonly rows?: number | undefined;
        /**
         * Relative difference that numbers with a fraction may have: `0.01` is 1 %. Without it: 1e-6, and 1e-4 if the
         * predictions have single precision (float32). Whole numbers, texts and booleans must be the same.
         */
        readonly tolerance?: number | undefined;
      }
    | undefined;
  /**
   * How much the workspace keeps. Its place is not a part of the job: it is given by `--workspace`, or by the
   * program.
   */
  readonly workspace?:
    | {
        /**
         * What the workspace keeps of runs that have ended. `all`: everything. `failed`: of a run that has published,
         * its record, ledger, dead letters and logs. `none`: its record (`run.json`) alone, also of a failed run. `7d`,
         * `12h`, `4w`: everything, and runs that ended longer ago are removed when a run ends. Without it: what the
         * program says, else `all`.
         */
        readonly keep?: string | undefined;
      }
    | undefined;
};
