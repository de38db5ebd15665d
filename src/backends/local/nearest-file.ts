import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { closest, distance } from "fastest-levenshtein";

/** The file beside `path`, or in the nearest folder above it that exists, whose name looks most like it; null where none does. */
export async function nearestFile(path: string): Promise<string | null> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => null);
  if (names === null) {
    const nearestFolder = folder === dirname(folder) ? null : await nearestFile(folder);
    return nearestFolder === null ? null : join(nearestFolder, basename(path));
  }
  if (names.length === 0) return null;
  const wanted = basename(path);
  const best = closest(wanted, names);
  return distance(wanted, best) <= Math.max(2, wanted.length / 3) ? join(folder, best) : null;
}
