import { access, readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { nearest } from "../../../core/util/nearest.ts";

/** What `path` was probably meant to be: the existing file or folder with the most similar name; null if no name is similar. */
export async function nearestFile(path: string): Promise<string | null> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => null);
  if (names === null) {
    const nearestFolder = folder === dirname(folder) ? null : await nearestFile(folder);
    if (nearestFolder === null) return null;
    const candidate = join(nearestFolder, basename(path));
    return access(candidate).then(
      () => candidate,
      () => nearestFolder,
    );
  }
  const found = nearest(basename(path), names);
  return found === undefined ? null : join(folder, found);
}
