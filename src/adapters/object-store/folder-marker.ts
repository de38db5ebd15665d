import type { StoredObject } from "../../core/ports/object-store.ts";

/** Empty objects that mark a folder: those of the S3 console end with `/`, those of Hadoop with `_$folder$`. */
export function isFolderMarker({ key, bytes }: StoredObject): boolean {
  return bytes === 0 && (key === "" || key.endsWith("/") || key.endsWith("_$folder$"));
}
