import { join } from "node:path";
import { root } from "../../scripts/lib/toolchain.mjs";
import type { Dataset } from "./dataset.ts";
import { writeOnce } from "./write-once.ts";

const SOURCE = join(root, "node_modules", "vega-datasets", "data", "flights-3m.parquet");
const SOURCE_ROWS = 3_000_000;
/** Days from the first to the last flight: a copy begins on the day on which the one before it ends. */
const DAYS_OF_A_COPY = 181;
const COLUMNS = ["id", "ds", "delay", "distance", "origin", "destination"];

/**
 * The first rows of vega-datasets' flights in the order of their dates, with a number `id` and their day `ds`: 16,500 rows per day. More than three
 * million are copies with later dates. `partitions` spreads the rows over that many days instead.
 */
export async function flights(name: string, rows: number, partitions?: number): Promise<Dataset> {
  const copies = Math.ceil(rows / SOURCE_ROWS);
  const moved = `date + to_days((${DAYS_OF_A_COPY} * copy)::INT)`;
  const day = partitions === undefined ? moved : `DATE '2001-01-01' + (id * ${partitions} // ${rows})::INT`;
  const path = await writeOnce(
    `flights-${name}`,
    `SELECT id, strftime(${day}, '%Y-%m-%d') AS ds, ${moved} AS date, delay, distance, origin, destination
     FROM (SELECT (copy * ${SOURCE_ROWS} + file_row_number)::BIGINT AS id, *
           FROM range(${copies}) copies(copy), read_parquet('${SOURCE}', file_row_number = true))
     WHERE id < ${rows} ORDER BY id`,
  );
  return { name, path, rows, columns: COLUMNS, partitionBy: ["ds"], batchSize: 500 };
}
