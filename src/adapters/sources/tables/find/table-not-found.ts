import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { closest, distance } from "fastest-levenshtein";
import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";

/** What is there instead, as a sentence. */
export type Nearest = { readonly text: string; readonly path?: string };

/** Says where the table was looked for on this machine, and which file was probably meant. */
export async function fileNotFound(table: string, path: string): Promise<ScoreframeError> {
  return tableNotFound(table, path, await nearestExisting(path));
}

export function tableNotFound(table: string, path: string, nearest: Nearest): ScoreframeError {
  return notFound(table, path, `${path} does not exist. ${nearest.text}`, nearest.path);
}

/** Says which folder or glob has no file. */
export function tableHasNoFiles(table: string, path: string): ScoreframeError {
  const problem = /[*?[]/.test(basename(path)) || path.includes("**") ? "no file matches" : "there is no file in";
  return notFound(table, path, `${problem} ${path}. Correct the path.`, undefined);
}

function notFound(table: string, path: string, problem: string, nearest: string | undefined): ScoreframeError {
  return new ScoreframeError("TABLE_NOT_FOUND", `The table "${table}" was not found: ${problem}`, {
    operation: "find a table",
    option: `source.tables.${table}`,
    details: { table, path, ...(nearest === undefined ? {} : { nearest }) },
  });
}

async function nearestExisting(path: string): Promise<Nearest> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return nearestFolder(folder);
  const others = names.filter((name) => !name.startsWith("."));
  if (others.length === 0) return { text: `The folder ${folder} is empty: correct the path.` };
  const nearest = join(folder, closest(basename(path), others));
  return { text: `The nearest name there is ${nearest}: correct the path.`, path: nearest };
}

/** Climbs to the folder that exists. */
async function nearestFolder(missing: string): Promise<Nearest> {
  const parent = dirname(missing);
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined && parent !== missing) return nearestFolder(parent);
  const folders = (entries ?? []).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const nearest = folders.length === 0 ? undefined : closest(basename(missing), folders);
  const near = nearest !== undefined && distance(nearest, basename(missing)) <= basename(missing).length / 2;
  const hint = near ? `, the nearest folder is ${join(parent, nearest)}` : "";
  return { text: `Its folder ${missing} does not exist${hint}: correct the path.` };
}
