import { DuckDBInstance } from "@duckdb/node-api";

export type Comparison = {
  readonly rows: readonly [number, number];
  /** Rows that only one of the tables has, compared in all columns. */
  readonly onlyInFirst: number;
  readonly onlyInSecond: number;
};

/** Compares two partitioned tables of Parquet files, value for value. */
export async function compareTables(first: string, second: string): Promise<Comparison> {
  const instance = await DuckDBInstance.create(":memory:", { memory_limit: "2GB" });
  const connection = await instance.connect();
  const table = (folder: string): string =>
    `read_parquet('${folder.replaceAll("'", "''")}/ds=*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`;
  const count = async (from: string): Promise<number> => {
    const reader = await connection.runAndReadAll(`select count(*)::double as n from ${from}`);
    return Number(reader.getRowObjectsJson()[0]?.["n"]);
  };
  const surplus = (of: string, over: string): Promise<number> =>
    count(`(select * from ${table(of)} except all select * from ${table(over)})`);
  try {
    return {
      rows: [await count(table(first)), await count(table(second))],
      onlyInFirst: await surplus(first, second),
      onlyInSecond: await surplus(second, first),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
