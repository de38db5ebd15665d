import type { TableManifest } from "../../core/domain/table-manifest.ts";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { OutputIntent } from "../../core/ports/table-output.ts";
import { counted } from "../../core/util/counted.ts";
import { MANIFEST } from "./table-layout.ts";

/** Throws `OUTPUT_EXISTS` for a table of another form, and with `if_exists: error` for any table that exists. */
export function checkSameTable(table: string, manifest: TableManifest, intent: OutputIntent): void {
  const form = ({ format, by }: { format: string; by: readonly string[] }): string =>
    `${format}, ${by.length === 0 ? "not partitioned" : `partitioned by ${by.join(", ")}`}`;
  const had = form({ format: manifest.format, by: manifest.partition_by });
  const wanted = form({ format: intent.format, by: intent.partitionBy });
  if (had !== wanted) {
    throw exists(
      `${table} holds a table of another form (${had}; this job writes ${wanted}). Choose another output.path.`,
    );
  }
  const others = manifest.files.some((file) => file.run_id !== intent.runId) || manifest.run_id !== intent.runId;
  if (intent.ifExists === "error" && others) {
    throw exists(
      `${table} holds a table already (run ${manifest.run_id}). Choose another output.path, ` +
        "or set output.if_exists to overwrite_partitions or append.",
    );
  }
}

/** Readers of a table ignore such files and folders: `.gitkeep`, `_SUCCESS`, and our own. */
export function isPassedOver(name: string): boolean {
  return /^[._]/.test(name);
}

/** The names of a table's files, with those of its former version, which a writer that was paused for long may have put back. */
export function namesOfTable(manifest: TableManifest | null): Set<string> {
  return new Set([...(manifest?.files ?? []), ...(manifest?.retired ?? [])].map(({ path }) => path));
}

const MOST_NAMES = 3;

/** Files of others must not be deleted, and keeping them would mix two tables. */
export function foreignFiles(table: string, names: readonly string[]): ScoreframeError {
  const named = names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ", …" : "");
  return exists(
    `${table} holds what scoreframe did not write (${named}), and that is left alone. ` +
      "Move it away, or choose another output.path: a folder for this table alone.",
  );
}

export function unwritable(path: string, cause: unknown): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The table cannot be written to ${path}: ${messageOf(cause)}. Choose a folder that this user may write, or one that does not exist.`,
    { operation: "publish", option: "output.path", cause },
  );
}

/** After the manifest was replaced, which is the switch: what is left to do is done by the next run. */
export function switchUnfinished(table: string, target: string, cause: unknown): ScoreframeError {
  return new ScoreframeError(
    "STORAGE_FAILED",
    `The new table is published in the manifest of ${table}, but ${target} could not be put into its place: ${messageOf(cause)}. ` +
      "Fix that, then run `scoreframe repair` with the table's path, or the job again: both complete this switch.",
    { operation: "publish", cause, details: { path: target } },
  );
}

export function noTable(table: string): ScoreframeError {
  return new ScoreframeError(
    "TABLE_NOT_FOUND",
    `${table} is not a table that scoreframe has published: it has no ${MANIFEST}. Give the path that the job has in output.path.`,
    { operation: "repair", details: { path: table } },
  );
}

/** Under both of their names, or with another size. */
export function filesLost(table: string, paths: readonly string[]): ScoreframeError {
  const named = paths.slice(0, MOST_NAMES).join(", ") + (paths.length > MOST_NAMES ? ", …" : "");
  return new ScoreframeError(
    "STORAGE_FAILED",
    `${counted(paths.length, "file")} of ${table} cannot be restored (${named}): neither the file nor its snapshot is whole. ` +
      "Run the job again for these partitions, or restore the table from a backup.",
    { operation: "repair", details: { path: table, files: paths } },
  );
}

function exists(message: string): ScoreframeError {
  return new ScoreframeError("OUTPUT_EXISTS", message, { operation: "publish", option: "output.path" });
}
