import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { tableUnreadable } from "../table-error.ts";

/** A table format whose folder also holds files that are not part of the table: deleted, replaced and unfinished rows. */
export type LakeKind = {
  /** As in "is a Delta table". */
  readonly name: string;
  /** How its rows become files that can be read as they are. */
  readonly fix: (folder: string) => string;
};

const SPARK = "then give the path of what it writes";

const DELTA: LakeKind = {
  name: "a Delta table",
  fix: (folder) =>
    `Export its rows and give that file's path: pyarrow.parquet.write_table(DeltaTable('${folder}').to_pyarrow_table(), 'rows.parquet') with Python's deltalake`,
};
const ICEBERG: LakeKind = {
  name: "an Iceberg table",
  fix: (folder) =>
    `Export its rows and give that file's path: StaticTable.from_metadata('${folder}/metadata/….metadata.json').scan().to_arrow() with Python's pyiceberg`,
};
const HUDI: LakeKind = {
  name: "a Hudi table",
  fix: (folder) =>
    `Export its rows with Spark: spark.read.format('hudi').load('${folder}').write.parquet('…'), ${SPARK}`,
};
const SPARK_STREAM: LakeKind = {
  name: "the output of a Spark stream",
  fix: (folder) =>
    `Export its rows with Spark, which reads the log: spark.read.parquet('${folder}').write.parquet('…'), ${SPARK}`,
};
const HIVE_ACID: LakeKind = {
  name: "a transactional Hive table",
  fix: () => "Export its rows with Hive: INSERT OVERWRITE DIRECTORY '…' STORED AS PARQUET SELECT …",
};

const LOG_FOLDERS: Readonly<Record<string, LakeKind>> = {
  _delta_log: DELTA,
  _symlink_format_manifest: DELTA,
  ".hoodie": HUDI,
  _spark_metadata: SPARK_STREAM,
};

/** Folders that are a log by their name. */
export const LAKE_LOGS: readonly string[] = Object.keys(LOG_FOLDERS);

/** The folder that is a log if certain files are in it. */
export const ICEBERG_LOG = "metadata";

const ICEBERG_FILE = /^(?:v\d+|\d+-[0-9a-f]{8}-[0-9a-f-]{27})(?:\.gz)?\.metadata\.json(?:\.gz)?$|^snap-\d+-.*\.avro$/i;

const ACID_FOLDER = /^(?:base_\d{7,}|(?:delete_)?delta_\d{7,}_\d{7,})(?:_|$)/;

/** What the folder above is a table of, by the name of a folder in it. */
export function lakeOfFolder(name: string): LakeKind | undefined {
  if (Object.hasOwn(LOG_FOLDERS, name)) return LOG_FOLDERS[name];
  return ACID_FOLDER.test(name) ? HIVE_ACID : undefined;
}

/** The same by the name of a file in the folder `metadata`. */
export function lakeOfMetadata(fileName: string): LakeKind | undefined {
  return ICEBERG_FILE.test(fileName) ? ICEBERG : undefined;
}

/** The table is a lake's, or is inside one, or contains one. `log`: its path. */
export function isLakeTable(table: string, path: string, kind: LakeKind, log: string): ScoreframeError {
  const folder = log.slice(0, Math.max(0, log.lastIndexOf("/")));
  return tableUnreadable(
    table,
    path,
    `${folder} is ${kind.name}: only its log (${log}) says which of its files are live, and the others hold rows that were deleted or replaced. ${kind.fix(folder)}`,
  );
}
