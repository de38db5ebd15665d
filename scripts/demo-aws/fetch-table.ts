import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { TableManifest } from "../../src/core/domain/table-manifest.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";

/** Copies the files that the manifest of a table names to a folder, which is replaced; this is how a reader without a catalog finds them. */
export async function fetchTable(table: ObjectStore, folder: string): Promise<TableManifest> {
  const found = await table.readText("_manifest.json");
  if (found === null) throw new Error(`There is no table at ${table.location}.`);
  const manifest = JSON.parse(found.text) as TableManifest;
  await rm(folder, { recursive: true, force: true });
  for (const { path } of manifest.files) {
    // The folder of the run, by which a prefix is switched, would become a column when the copy is read.
    const target = join(folder, ...path.split("/").filter((part) => !part.startsWith("run=")));
    await mkdir(dirname(target), { recursive: true });
    await table.download(path, target);
  }
  return manifest;
}
