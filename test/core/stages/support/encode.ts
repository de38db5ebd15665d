import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import { readParquetSchema } from "../../../../src/core/stages/extract/worker/parquet-schema.ts";
import type { EncodeChunkInput, EncodeChunkOutput } from "../../../../src/core/stages/shard/worker/encode-chunk.ts";
import { encodeChunk } from "../../../../src/core/stages/shard/worker/encode-chunk.ts";
import { listWidths } from "../../../../src/core/stages/shard/worker/list-widths.ts";
import type { Lab } from "./lab.ts";
import { query, readText } from "./lab.ts";

export type EncodeOptions = Partial<Pick<EncodeChunkInput, "features" | "protocol" | "options" | "offset" | "rows">> &
  Partial<EncodeChunkInput["limits"]>;

/** Encodes a table file whole, in a few large lines unless the options say otherwise. */
export async function encodeTable(lab: Lab, table: string, options: EncodeOptions = {}): Promise<EncodeChunkOutput> {
  const columns = readParquetSchema(table);
  const [{ rows } = { rows: 0 }] = (await query(`select count(*)::int as rows from '${table}'`)) as { rows: number }[];
  return encodeChunk({
    table,
    offset: options.offset ?? 0,
    rows: options.rows ?? rows,
    columns,
    features: options.features ?? columns.map(({ name }) => name),
    protocol: options.protocol ?? "json_lines",
    options: options.options ?? DEFAULT_REQUEST_OPTIONS,
    widths: listWidths({ table, columns }),
    limits: {
      batchSize: options.batchSize ?? 100,
      maxLineBytes: options.maxLineBytes ?? 1_000_000,
      maxFileBytes: options.maxFileBytes ?? 5_000_000,
    },
    directory: lab.folder,
    rejectedDirectory: lab.folder,
    name: "chunk",
  });
}

/** The request lines of a query's rows. */
export async function encodeQuery(lab: Lab, sql: string, options: EncodeOptions = {}): Promise<string[]> {
  const { pieces } = await encodeTable(lab, await lab.parquet("table.parquet", sql), options);
  return pieces.flatMap(({ requestPath }) => readText(requestPath));
}
