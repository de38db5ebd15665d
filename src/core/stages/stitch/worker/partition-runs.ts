import type { PartitionRun } from "../../../domain/stitched-shard.ts";
import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { partitionText } from "../../../polars/partition-text.ts";
import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { column, equalNeighbours, pl, structField } from "../../../polars/polars.ts";
import { memoize } from "../../../util/memoize.ts";

/** Rows that change their partition more often than this are sorted without a look at whether they have to be. */
const MOST_RUNS = 1000;

/** Where the partition columns are: under which names in the rows, and what they are in the table. */
export type PartitionKeys = { readonly names: readonly string[]; readonly columns: readonly TypedColumn[] };

/** Rows in the order of partitions, and the partitions in their order. */
export type PartitionedRows = { readonly rows: DataFrame; readonly partitions: readonly PartitionRun[] };

/** Brings the rows of each partition together; they keep their order. A table in the order of its partitions stays as it is. */
export function partitionRows(rows: DataFrame, keys: PartitionKeys): PartitionedRows {
  if (rows.height === 0) return { rows, partitions: [] };
  if (keys.names.length === 0) return { rows, partitions: [{ values: [], offset: 0, rows: rows.height }] };
  const asTheyAre = findRuns(rows, keys);
  if (asTheyAre !== null && isEachOnce(asTheyAre)) return { rows, partitions: asTheyAre };
  const sorted = rows
    .lazy()
    .sort({ by: sortKeys(keys.names), descending: keys.names.map(() => false), maintainOrder: true } as never)
    .collectSync();
  return { rows: sorted, partitions: findRuns(sorted, keys, sorted.height) as PartitionRun[] };
}

/** The runs of rows with equal keys; null if there are more than `most`. */
function findRuns(rows: DataFrame, keys: PartitionKeys, most = MOST_RUNS): PartitionRun[] | null {
  const { neighbours, texts } = runExpressions(keys);
  const runs = rows.lazy().select(neighbours).collectSync();
  if (runs.height > most) return null;
  const named = runs
    .lazy()
    .select(...texts)
    .collectSync();
  const [counts, ...values] = named.getColumns().map((each) => each.toArray()) as [number[], ...(string | null)[][]];
  let offset = 0;
  return counts.map((count, index) => {
    offset += count;
    return { values: values.map((each) => each[index] ?? null), offset: offset - count, rows: count };
  });
}

function isEachOnce(runs: readonly PartitionRun[]): boolean {
  return new Set(runs.map(({ values }) => JSON.stringify(values))).size === runs.length;
}

const sortKeys = memoize((names: readonly string[]): Expr[] => names.map((name) => column(name)));

/** The runs as structs, and their length and values. */
const runExpressions = memoize(({ names, columns }: PartitionKeys): { neighbours: Expr; texts: Expr[] } => {
  const value = structField(column("run"), "value");
  const texts = names.map((_name, index) =>
    partitionText(structField(value, `k${index}`), columns[index] as TypedColumn).alias(`k${index}`),
  );
  return {
    neighbours: equalNeighbours(pl.struct(names.map((name, index) => column(name).alias(`k${index}`)))).alias("run"),
    texts: [structField(column("run"), "len").alias("rows"), ...texts],
  };
});
