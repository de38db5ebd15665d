import { quoteTexts } from "../../duckdb/sql-quoting.ts";
import { escapeGlob } from "../tables/table-files.ts";
import type { TableInput } from "../tables/table-input.ts";
import { sampleSize } from "./sample-size.ts";

/** JSON documents, JSON arrays or JSON lines, one object a row. */
export async function jsonReader({ found, format, fileOptions }: TableInput): Promise<string> {
  const shape = format === "jsonl" ? "newline_delimited" : "auto";
  return (
    `read_json(${quoteTexts(found.files.map(escapeGlob))}, format = '${shape}', records = true, ${fileOptions}, ` +
    `union_by_name = true, maximum_depth = -1, sample_size = ${await sampleSize(found.files)})`
  );
}
