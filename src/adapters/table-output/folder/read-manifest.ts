import { join } from "node:path";
import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import { readIfPresent } from "../../../core/util/atomic-file.ts";
import { manifestUnreadable, parseManifest } from "../manifest-record.ts";
import { MANIFEST } from "../table-layout.ts";

/** The manifest of a table in a folder; null if nothing was ever published. */
export async function readManifest(table: string): Promise<TableManifest | null> {
  const path = join(table, MANIFEST);
  const text = await readIfPresent(path).catch((cause: unknown) => {
    throw manifestUnreadable(path, "cannot be read", cause);
  });
  return text === null ? null : parseManifest(path, text);
}
