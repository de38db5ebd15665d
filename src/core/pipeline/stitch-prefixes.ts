/** Requests and responses that somebody else wrote, and where their join goes. */
export type StitchRequest = {
  /** Folder with request files, one request a line. */
  readonly requests: string;
  /** Folder with response files, each named after its request file with `.out` behind. */
  readonly responses: string;
  readonly output: string;
  readonly protocol?: string;
  readonly format?: "parquet" | "csv" | "jsonl";
  readonly prefix?: string;
  readonly baseDirectory?: string;
  readonly signal?: AbortSignal;
};

export type StitchReport = {
  readonly files: number;
  readonly lines: number;
  readonly rows: number;
  readonly dead_lettered: number;
  readonly output: { readonly path: string; readonly rows: number; readonly bytes: number };
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};
