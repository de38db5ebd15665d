import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { TableFormat, TableOptions } from "./table-definition.ts";

const CSV: readonly TableFormat[] = ["csv", "tsv"];

/** The formats that an option is for; the other options are for all. */
const FORMATS_OF: Partial<Record<keyof TableOptions, readonly TableFormat[]>> = {
  header: CSV,
  delimiter: CSV,
  quote: CSV,
  escape: CSV,
  encoding: CSV,
  dateformat: CSV,
  nulls: CSV,
  types: [...CSV, "json", "jsonl"],
  table: ["duckdb"],
};

/** Rejects an option that would be ignored: a user who declares the types of a Parquet table expects that it has them. */
export function assertOptions(table: string, options: TableOptions, format: TableFormat): void {
  for (const [option, formats] of Object.entries(FORMATS_OF)) {
    if (options[option as keyof TableOptions] === undefined || formats.includes(format)) continue;
    const fix = option === "types" ? "cast the columns in the SQL" : "remove it";
    throw new ScoreframeError(
      "JOB_INVALID",
      `The table "${table}" is read as ${format}, and \`${option}\` is an option of ${formats.join(", ")}: ${fix}, or correct \`format\`.`,
      { option: `source.tables.${table}.${option}`, details: { table, format } },
    );
  }
}
