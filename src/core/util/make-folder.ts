import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder with those above it, as `mkdir` with `recursive` does; resolves to the first that it made, or undefined. Node's own loops
 * without end if a folder exists in which nothing can be made (/proc, an automounted folder), and reports a read-only disk as ENOENT.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const folder = resolve(path);
  const failure = await tryMake(folder);
  if (failure === null) return folder;
  if (failure.code === "EEXIST" && (await stat(folder)).isDirectory()) return undefined;
  if (failure.code !== "ENOENT" || dirname(folder) === folder) throw failure;
  const first = await makeFolder(dirname(folder));
  const again = await tryMake(folder);
  // Another process may have been quicker.
  if (again !== null && again.code !== "EEXIST") throw again;
  return first ?? (again === null ? folder : undefined);
}

async function tryMake(folder: string): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder);
    return null;
  } catch (thrown) {
    return thrown as NodeJS.ErrnoException;
  }
}
