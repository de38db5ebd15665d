import { DuckDBInstance } from "@duckdb/node-api";
import type { DemoFlights } from "./demo-flights.ts";

export type FlightsDatabase = {
  /** Rows of a query as objects. Integers are numbers. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
};

/** The memory of DuckDB, which spills to disk beyond it. */
const MEMORY_LIMIT = "1GB";

/**
 * Opens `source`, the flights on disk, and `published`, the same days of the table. DuckDB reads both without scoreframe, so the result does not
 * depend on what the run counted.
 */
export async function withFlights<T>(
  { flights, rows, output }: { readonly flights: DemoFlights; readonly rows: number | null; readonly output: string },
  work: (database: FlightsDatabase) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: MEMORY_LIMIT });
  const connection = await instance.connect();
  try {
    await connection.run(`create view source as
      select *, strftime(date, '%Y-%m-%d') as ds from (${sourceSql(flights)})
      ${rows === null ? "" : `where place < ${rows}`}`);
    // The table may have other days, from earlier runs.
    await connection.run(`create view published as
      select *, probabilities[2] as probability
      from read_parquet(${quote(`${literalGlob(output)}/ds=*/*.parquet`)}, hive_partitioning = true, hive_types_autocast = false)
      where ds in (select distinct ds from source)`);
    return await work({
      async rows(sql) {
        const reader = await connection.runAndReadAll(sql);
        return reader.getRowObjectsJson();
      },
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** `place` is the number of the row in its file. */
function sourceSql({ kind, table }: DemoFlights): string {
  if (kind === "sample") {
    return `select *, row_number() over () - 1 as place from read_csv(${quote(literalGlob(table))}, parallel = false)`;
  }
  return `select *, file_row_number as id, file_row_number as place
    from read_parquet(${quote(literalGlob(table))}, file_row_number = true)`;
}

function literalGlob(path: string): string {
  return path.replace(/[*?[]/g, "[$&]");
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
