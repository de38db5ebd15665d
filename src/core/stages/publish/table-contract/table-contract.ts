import { partitionFolder } from "../../../domain/hive-path.ts";
import type { ManifestFile, TableColumn, TableManifest } from "../../../domain/table-manifest.ts";
import type { OutputIntent } from "../../../ports/table-output.ts";

/** The columns that a run must write, because files with these columns stay in the table. */
export type TableContract = {
  /** The table, as a person would write it. */
  readonly location: string;
  readonly columns: readonly TableColumn[];
  readonly partitionBy: readonly string[];
  readonly evolves: boolean;
};

/**
 * What a run is held to; null if no file of others stays. `replaced`: the folders of the partitions that are written; null if they are not known,
 * and then every partition counts as one that stays.
 */
export function tableContract(
  location: string,
  manifest: TableManifest | null,
  intent: OutputIntent,
  replaced: ReadonlySet<string> | null,
): TableContract | null {
  const { runId, ifExists, partitionBy, schema } = intent;
  const stays = (file: ManifestFile): boolean => {
    if (file.run_id === runId) return false;
    if (ifExists !== "overwrite_partitions") return true;
    return partitionBy.length > 0 && replaced?.has(folderOf(file, partitionBy)) !== true;
  };
  if (manifest === null || !manifest.files.some(stays)) return null;
  return { location, columns: manifest.schema, partitionBy, evolves: schema === "evolve" };
}

function folderOf({ partition }: ManifestFile, partitionBy: readonly string[]): string {
  return partitionFolder(
    partitionBy,
    partitionBy.map((name) => partition[name] ?? null),
  );
}
