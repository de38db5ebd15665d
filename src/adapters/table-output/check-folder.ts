import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { TableManifest } from "../../core/pipeline/table-manifest.ts";
import type { OutputIntent } from "../../core/ports/table-output.ts";
import { hasCode } from "./atomic-file.ts";
import { readManifest } from "./read-manifest.ts";

/** Refuses an output that this run could not or must not change. Reads names only, and changes nothing. */
export async function checkFolder(table: string, intent: OutputIntent): Promise<TableManifest | null> {
  await checkWritable(table);
  const manifest = await readManifest(table);
  if (manifest === null) await checkEmpty(table);
  else checkSameTable(table, manifest, intent);
  return manifest;
}

/** Files in the partitions about to be replaced that are not ours: deleting them is not our right, and keeping them would mix two tables. */
export async function checkForeignFiles(
  table: string,
  folders: Iterable<string>,
  manifest: TableManifest | null,
): Promise<void> {
  const ours = new Set(manifest?.files.map((file) => file.path));
  for (const folder of folders) {
    for (const name of await namesIn(join(table, folder))) {
      if (isPassedOver(name) || ours.has(folder === "" ? name : `${folder}/${name}`)) continue;
      throw foreign(table, [join(folder, name)]);
    }
  }
}

async function checkWritable(table: string): Promise<void> {
  try {
    const found = await existing(table);
    if (!(await stat(found)).isDirectory()) throw new Error(`${found} is a file`);
    await access(found, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unwritable(table, cause);
  }
}

/** The path itself, or the nearest folder above it that exists. */
async function existing(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (thrown) {
    // ENOTDIR: one of the folders above is a file.
    if (!hasCode(thrown, "ENOENT", "ENOTDIR") || dirname(path) === path) throw thrown;
    return existing(dirname(path));
  }
}

async function checkEmpty(table: string): Promise<void> {
  const names = (await namesIn(table)).filter((name) => !isPassedOver(name));
  if (names.length > 0) throw foreign(table, names);
}

function checkSameTable(table: string, manifest: TableManifest, intent: OutputIntent): void {
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

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) return [];
    throw unwritable(folder, thrown);
  }
}

/** No reader of a table takes such a file for a part of it: `.gitkeep`, `_SUCCESS`, and our own. */
function isPassedOver(name: string): boolean {
  return /^[._]/.test(name);
}

const MOST_NAMES = 3;

function foreign(table: string, names: readonly string[]): ScoreframeError {
  const named = names.slice(0, MOST_NAMES).join(", ") + (names.length > MOST_NAMES ? ", …" : "");
  return exists(
    `${table} holds what scoreframe did not write (${named}), and that is left alone. ` +
      "Move it away, or choose another output.path: a folder for this table alone.",
  );
}

function exists(message: string): ScoreframeError {
  return new ScoreframeError("OUTPUT_EXISTS", message, { operation: "publish", option: "output.path" });
}

export function unwritable(path: string, cause: unknown): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The table cannot be written to ${path}: ${messageOf(cause)}. Choose a folder that this user may write, or one that does not exist.`,
    { operation: "publish", option: "output.path", cause },
  );
}
