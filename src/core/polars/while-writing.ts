import { isStorageFailure, storageError } from "../errors/storage-error.ts";

/** Does what writes the file at `path`; throws `STORAGE_FAILED`, which names it, if the file system fails. */
export function whileWriting(path: string, write: () => unknown): void {
  try {
    write();
  } catch (thrown) {
    throw isStorageFailure(thrown) ? storageError(path, "write", thrown) : thrown;
  }
}
