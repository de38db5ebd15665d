import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Dataset } from "../data/dataset.ts";

/** Compares a result with its input, every row and every value, and each prediction with the id that it must follow from. */
export async function checkTable(dataset: Dataset, table: string, contender: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const files = join(table, "**", "*.parquet").replaceAll("'", "''");
  const texts = dataset.partitionBy.map((column) => `'${column}': VARCHAR`).join(", ");
  const hive = dataset.partitionBy.length === 0 ? "" : `, hive_partitioning = true, hive_types = {${texts}}`;
  const differs = dataset.columns.map((column) => `given.${column} IS DISTINCT FROM made.${column}`).join(" OR ");
  const reader = await connection.runAndReadAll(`
    SELECT count(*)::INT AS rows,
           count(*) FILTER (given.id IS NULL OR made.id IS NULL)::INT AS unpaired,
           count(*) FILTER (${differs})::INT AS changed,
           count(*) FILTER (
             round(made.probability * 1e6) IS DISTINCT FROM (given.id * 7919) % 1000000
             OR made.label IS DISTINCT FROM ((given.id * 7919) % 1000000 >= 500000)::INT
           )::INT AS foreign_predictions
    FROM '${dataset.path.replaceAll("'", "''")}' AS given
    FULL JOIN read_parquet('${files}'${hive}) AS made ON given.id = made.id`);
  const [found] = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  const { rows, unpaired, changed, foreign_predictions: foreign } = found ?? {};
  if (rows === dataset.rows && unpaired === 0 && changed === 0 && foreign === 0) return;
  throw new Error(`${contender} made a wrong table of ${dataset.name}: ${JSON.stringify(found)}`);
}
