import { z } from "zod";
import type { TableManifest } from "../../core/domain/table-manifest.ts";
import type { ColumnType, StructField } from "../../core/domain/types/column-type.ts";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { ParsedRecord } from "../records/parse-record.ts";
import { parseRecord } from "../records/parse-record.ts";
import { relativePath } from "../records/relative-path.ts";
import { STORE } from "./table-layout.ts";

const timeUnit = z.enum(["Nanoseconds", "Microseconds", "Milliseconds"]);
const columnType: z.ZodType<ColumnType> = z.lazy(() =>
  z.union([
    z.enum(SCALAR_TYPES),
    z.object({ Datetime: z.tuple([timeUnit, z.object({ inner: z.string() }).nullable()]) }),
    z.object({ Duration: timeUnit }),
    z.object({ Decimal: z.tuple([z.int(), z.int()]) }),
    z.object({ List: columnType }),
    z.object({ Array: z.tuple([columnType, z.int()]) }),
    z.object({ Struct: z.array(structField) }),
  ]),
);
const structField: z.ZodType<StructField> = z.object({ name: z.string(), dtype: columnType });

const SCALAR_TYPES = [
  ...(["Null", "Boolean", "String", "Binary", "Date", "Time"] as const),
  ...(["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"] as const),
  ...(["Float16", "Float32", "Float64"] as const),
] as const;

/** Where globs find a file: never among our own records, and never under a name that a publication does not give. */
export const visiblePath = relativePath
  .refine((path) => !path.startsWith(`${STORE}/`), `expected a path outside of ${STORE}/`)
  .refine(
    (path) => /-v\d+\.[a-z.]+$/.test(path),
    "expected the name of a published file: part-00000-<run>-v<version>.parquet",
  );
export const snapshotPath = relativePath.refine(
  (path) => new RegExp(`^${STORE}/v\\d+-[^/]+/.`).test(path),
  `expected a path below ${STORE}/v<version>-<run>…/`,
);

const count = z.int().nonnegative();
const manifest = z.object({
  format_version: z.literal(1),
  version: z.int().positive(),
  run_id: z.string(),
  publication: z.string().optional(),
  job: z.string(),
  published_at: z.string(),
  format: z.enum(["parquet", "csv", "jsonl"]),
  partition_by: z.array(z.string()),
  schema: z.array(
    z.object({
      name: z.string(),
      type: columnType,
      role: z.enum(["source", "prediction"]).optional(),
      added_in: z.int().positive().optional(),
    }),
  ),
  rows: count,
  bytes: count,
  files: z.array(
    z.object({
      path: visiblePath,
      snapshot_path: snapshotPath,
      rows: count,
      bytes: count,
      partition: z.record(z.string(), z.string().nullable()),
      run_id: z.string(),
    }),
  ),
  retired: z.array(z.object({ path: visiblePath, snapshot_path: snapshotPath })).optional(),
});

export function readManifestText(text: string): ParsedRecord<TableManifest> {
  return parseRecord<TableManifest>(manifest, text);
}

/** `path`: where the text comes from. `OUTPUT_UNWRITABLE` if it is not a manifest that this version can write on. */
export function parseManifest(path: string, text: string): TableManifest {
  const parsed = readManifestText(text);
  if ("value" in parsed) return parsed.value;
  throw manifestUnreadable(path, parsed.problem);
}

/** `problem`: in words that follow "it". */
export function manifestUnreadable(path: string, problem: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The manifest ${path} cannot be used: it ${problem}. Nothing was changed. ` +
      "Restore the file from a backup, or publish to another output.path.",
    { operation: "publish", cause, details: { path } },
  );
}
