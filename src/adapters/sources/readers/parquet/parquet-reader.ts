import type { DuckdbSession } from "../../../duckdb/duckdb-session.ts";
import type { TableInput } from "../../tables/table-input.ts";
import { checkSchema } from "./check-schema.ts";
import { rejectEncrypted } from "./encrypted-files.ts";
import { rejectFinerTimes } from "./finer-times.ts";
import { fileList, readSchemas } from "./parquet-schema.ts";
import { schemaOption, unifyFiles } from "./unify-files.ts";

/** A reader of Parquet files by column name: files that were written at different times may have other columns, and other types. */
export async function parquetReader(session: DuckdbSession, input: TableInput): Promise<string> {
  const { name, found, fileOptions } = input;
  const groups = await readSchemas(session, found.files);
  for (const group of groups) checkSchema(name, group);
  await rejectEncrypted(session, name, found.files);
  await rejectFinerTimes(session, input, groups);
  const unified = groups.length === 1 ? [] : [schemaOption(await unifyFiles(session, name, groups, found.loadRows))];
  return `read_parquet(${[fileList(found.files), fileOptions, ...unified].join(", ")})`;
}
