import { open, readFile, rename, rm } from "node:fs/promises";
import { storageError } from "../errors/storage-error.ts";

/** `durable`: the file and its name are on the disk when the act is done, and stay there if the machine loses power. */
export type WriteOptions = { readonly durable: boolean };

/** Replaces a file in one step: readers see the old text or the new, whole. */
export async function writeAtomically(path: string, text: string, { durable }: WriteOptions): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeWhole(temporary, text, { durable });
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageError(path, "write", thrown);
  }
}

/** Writes a file that no other process knows of yet. Its name is made durable with its folder. */
export async function writeWhole(path: string, text: string, { durable }: WriteOptions): Promise<void> {
  const file = await open(path, "w");
  try {
    await file.writeFile(text);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
}

/** Waits until the bytes of a file are on the disk, also those that another process wrote. */
export async function syncFile(path: string): Promise<void> {
  // Windows flushes only what is open for writing.
  const file = await open(path, "r+").catch((thrown: unknown) => {
    throw storageError(path, "open", thrown);
  });
  try {
    await file.sync();
  } catch (thrown) {
    throw storageError(path, "write", thrown);
  } finally {
    await file.close();
  }
}

/** Waits until the names in a folder are on the disk. Some systems have no such act: Windows, some network file systems. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (thrown) {
    if (!hasCode(thrown, "EINVAL", "EISDIR", "EPERM", "ENOTSUP", "EBADF")) throw storageError(path, "write", thrown);
  }
}

/** The text of a file; null if there is none. */
export async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (hasCode(thrown, "ENOENT")) return null;
    throw thrown;
  }
}

export function hasCode(thrown: unknown, ...codes: string[]): boolean {
  return thrown instanceof Error && "code" in thrown && codes.includes(String(thrown.code));
}
