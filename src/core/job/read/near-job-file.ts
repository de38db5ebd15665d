import { basename, dirname, extname, join } from "node:path";
import { nearest } from "../../util/nearest.ts";

/** Endings of job files: those that hold text before the modules, of which most are something else. */
const ENDINGS = [".yaml", ".yml", ".json", ".ts", ".mts", ".js", ".mjs"];

/** The names in a folder; rejects if there is no such folder. */
export type ListFolder = (path: string) => Promise<readonly string[]>;

/** The job file that exists and that `path` was probably meant to be; null if none does. */
export async function nearJobFile(path: string, list: ListFolder): Promise<string | null> {
  const folder = dirname(path);
  const names = await list(folder).catch(() => null);
  if (names === null) return inNearFolder(path, list);
  const name = nearJobName(basename(path), names);
  return name === undefined ? null : join(folder, name);
}

/** The job files in a folder, those that hold text first. */
export async function jobFilesIn(folder: string, list: ListFolder): Promise<readonly string[]> {
  const names = await list(folder).catch(() => []);
  return ENDINGS.flatMap((ending) => names.filter((name) => endingOf(name) === ending).sort());
}

function nearJobName(name: string, names: readonly string[]): string | undefined {
  const jobs = ENDINGS.flatMap((ending) => names.filter((other) => other !== name && endingOf(other) === ending));
  return jobs.find((job) => stem(job) === stem(name) || stem(job) === name) ?? nearest(name, jobs);
}

/** A folder of the path may be misspelt, too. */
async function inNearFolder(path: string, list: ListFolder): Promise<string | null> {
  const folder = dirname(path);
  const siblings = await list(dirname(folder)).catch((): string[] => []);
  const near = nearest(basename(folder), siblings);
  if (near === undefined) return null;
  const candidate = join(dirname(folder), near, basename(path));
  const names = await list(dirname(candidate)).catch((): string[] => []);
  return names.includes(basename(candidate)) ? candidate : nearJobFile(candidate, async () => names);
}

function endingOf(name: string): string {
  return extname(name).toLowerCase();
}

function stem(name: string): string {
  return basename(name, extname(name));
}
