import type { Dataset } from "./dataset.ts";
import { writeOnce } from "./write-once.ts";

/** Tables unlike the flights, about 100 MB of requests each: what a byte costs in them. */
export async function shapes(): Promise<Dataset[]> {
  return Promise.all([
    shape("wide-200", 30_000, 500, wideColumns()),
    shape("texts-10kb", 10_000, 100, {
      text: "array_to_string(list_transform(range(500), lambda i: 'word \"' || hash(id * 500 + i) % 100000 || E'\"\\n é'), '')",
    }),
    shape("nested", 100_000, 500, {
      numbers: "list_transform(range(50), lambda i: (hash(id * 50 + i) % 1000000) / 1e6)",
      items:
        "list_transform(range((hash(id) % 8)::BIGINT), lambda i: {sku: 'sku-' || hash(id + i) % 1000, amount: i, price: (hash(i) % 1000) / 100})",
      customer: "{name: 'name ' || id % 977, tags: ['a', NULL, 'tag ' || id % 7]}",
    }),
  ]);
}

async function shape(
  name: string,
  rows: number,
  batchSize: number,
  columns: Readonly<Record<string, string>>,
): Promise<Dataset> {
  const selected = Object.entries(columns).map(([column, sql]) => `${sql} AS ${column}`);
  const path = await writeOnce(name, `SELECT id, ${selected.join(", ")} FROM range(${rows}) ids(id)`);
  return { name, path, rows, columns: ["id", ...Object.keys(columns)], partitionBy: [], batchSize };
}

/** Half doubles, a quarter integers, a quarter texts; a tenth of the values are null. */
function wideColumns(): Record<string, string> {
  const kinds = [
    (hash: string) => `(${hash} % 1000000)::DOUBLE / 1000`,
    (hash: string) => `(${hash} % 100000)::BIGINT`,
    (hash: string) => `(${hash} % 1000000)::DOUBLE / 999`,
    (hash: string) => `'value ' || ${hash} % 1000`,
  ];
  return Object.fromEntries(
    Array.from({ length: 199 }, (_, index) => {
      const hash = `hash(id * 199 + ${index})`;
      const value = kinds[index % kinds.length]?.(hash);
      return [`column_${index}`, `CASE WHEN ${hash} % 10 = 0 THEN NULL ELSE ${value} END`];
    }),
  );
}
