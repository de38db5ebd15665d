import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { TableManifest } from "../../core/pipeline/table-manifest.ts";
import type { OutputIntent } from "../../core/ports/table-output.ts";
import { hasCode } from "./atomic-file.ts";
import { STORE } from "./folder-layout.ts";
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
      if (/^[._]/.test(name) || ours.has(folder === "" ? name : `${folder}/${name}`)) continue;
      throw foreign(table, join(folder, name));
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
    if (!hasCode(thrown, "ENOENT") || dirname(path) === path) throw thrown;
    return existing(dirname(path));
  }
}

async function checkEmpty(table: string): Promise<void> {
  const name = (await namesIn(table)).find((each) => each !== STORE);
  if (name !== undefined) throw foreign(table, name);
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

function foreign(table: string, name: string): ScoreframeError {
  return exists(
    `${table} holds files that scoreframe did not write (${name}), and they are left alone. ` +
      "Move them away, or choose another output.path.",
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
