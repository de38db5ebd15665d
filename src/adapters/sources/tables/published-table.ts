import type { ManifestFile, TableManifest } from "../../../core/domain/table-manifest.ts";
import { readManifestText } from "../../table-output/manifest-record.ts";
import { STORE } from "../../table-output/table-layout.ts";
import { tableUnreadable } from "./table-error.ts";

/**
 * The manifest of a table that scoreframe wrote, by its text. Undefined if another program wrote the file: a JSON document without our version, in a folder
 * without our store. `path`: of the manifest.
 */
export function publishedTable(
  table: string,
  path: string,
  text: string,
  hasStore: boolean,
): TableManifest | undefined {
  const parsed = readManifestText(text);
  if ("value" in parsed) return parsed.value;
  if (!hasStore && isForeign(text)) return undefined;
  throw tableUnreadable(
    table,
    path,
    `the manifest says which files are the table, and it ${parsed.problem}. Restore it from a backup, or publish the table again`,
  );
}

/**
 * The paths of a table's files, in the order of their names. Those that a publication does not touch, if they are all there: a table that was copied may be
 * without them.
 */
export function publishedFiles(
  table: string,
  path: string,
  { files }: TableManifest,
  exists: (path: string) => boolean,
): readonly string[] {
  const ordered = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const names: ((file: ManifestFile) => string)[] = [({ snapshot_path }) => snapshot_path, (file) => file.path];
  const nameOf = names.find((name) => ordered.every((file) => exists(name(file))));
  if (nameOf !== undefined) return ordered.map(nameOf);
  const missing = ordered.find((file) => !exists(file.path));
  throw tableUnreadable(
    table,
    path,
    `the manifest lists ${missing?.path}, which is not there. Copy the whole folder (${STORE}/ may be left out), or publish the table again`,
  );
}

function isForeign(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document !== "object" || document === null || !("format_version" in document);
  } catch {
    return false;
  }
}
