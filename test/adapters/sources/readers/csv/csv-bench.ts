import { afterAll, beforeAll } from "vitest";
import type { TableDefinition } from "../../../../../src/adapters/sources/tables/table-definition.ts";
import type { ScoreframeError } from "../../../../../src/core/errors/scoreframe-error.ts";
import type { SourceBench } from "../../source-bench.ts";
import { openSourceBench } from "../../source-bench.ts";

/** How a table is declared, in addition to its path. */
type Declared = Omit<Exclude<TableDefinition, string>, "path">;

type Content = string | Uint8Array | readonly (string | Uint8Array)[];

export type CsvBench = {
  readonly sources: SourceBench;
  /** Writes the files of a table, reads it by a query that names no column, and returns types, rows (as DuckDB shows their values) and warnings. */
  read(content: Content, declared?: Declared, sql?: string): Promise<CsvTable>;
  /** The message of the error that reading ends with. */
  failure(content: Content, declared?: Declared, sql?: string): Promise<string>;
};

export type CsvTable = {
  readonly names: readonly string[];
  readonly types: Readonly<Record<string, string>>;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly warnings: readonly string[];
};

export function useCsvBench(): CsvBench {
  let sources: SourceBench;
  let tables = 0;
  beforeAll(async () => {
    sources = await openSourceBench();
  });
  afterAll(() => sources.close());

  async function write(content: Content): Promise<string> {
    const contents = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
    tables++;
    for (const [index, each] of contents.entries()) await sources.write(`t${tables}-${index + 1}.csv`, each);
    return `t${tables}-*.csv`;
  }

  return {
    get sources() {
      return sources;
    },
    async read(content, declared = {}, sql = "FROM t") {
      const path = await write(content);
      const warnings: string[] = [];
      const source = sources.sql(sql, { t: { path, ...declared } });
      const { columns } = await source.extract(sources.target, {
        signal: sources.signal,
        warn: (message) => warnings.push(message),
      });
      const values = await sources.query(`SELECT COLUMNS(*)::VARCHAR FROM read_parquet('${sources.target}')`);
      return {
        names: columns.map(({ name }) => name),
        types: Object.fromEntries(columns.map(({ name, type }) => [name, type])),
        rows: values as (string | null)[][],
        warnings,
      };
    },
    async failure(content, declared = {}, sql = "FROM t") {
      const path = await write(content);
      const error: ScoreframeError = await sources.failure(sources.sql(sql, { t: { path, ...declared } }));
      return `${error.code}: ${error.message}`;
    },
  };
}
