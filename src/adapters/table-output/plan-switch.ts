import { partitionFolder } from "../../core/domain/hive-path.ts";
import type { ManifestFile, TableColumn, TableManifest } from "../../core/domain/table-manifest.ts";
import type { OutputIntent, StagedFile } from "../../core/ports/table-output.ts";
import { thisProcess } from "../records/process-owner.ts";
import type { SwitchJournal } from "./journal-record.ts";

export type SwitchPlan = {
  readonly manifest: TableManifest;
  readonly journal: SwitchJournal;
};

/** The names of a staged file, relative to the table: its snapshot, its temporary name next to its final place, and that place. */
export type SwitchNames = { readonly snapshot: string; readonly incoming: string; readonly visible: string };

export type Publication = { readonly name: string; readonly version: number };

/** What becomes of a table and of its files when a run's staged files are switched in. */
export function planSwitch(
  former: TableManifest | null,
  intent: OutputIntent,
  staged: readonly StagedFile[],
  schema: readonly TableColumn[],
  publishedAt: string,
  publication: Publication,
  namesOf: (file: StagedFile) => SwitchNames,
): SwitchPlan {
  const { version } = publication;
  const touched = touchedFolders(staged);
  const replaces = (file: ManifestFile): boolean =>
    file.run_id === intent.runId ||
    (intent.ifExists === "overwrite_partitions" && touched.has(folderOf(file, intent.partitionBy)));
  const replaced = former?.files.filter(replaces) ?? [];
  const added = staged.map((file) => ({ file, names: namesOf(file) }));
  const kept = former?.files.filter((file) => !replaces(file)) ?? [];
  const files = [...kept, ...added.map(({ file, names }) => manifestFile(file, names, intent.runId))];
  const add = added.map(({ names }) => ({ from: names.incoming, to: names.visible }));
  return {
    journal: {
      version,
      publication: publication.name,
      owner: thisProcess(),
      // Those of the version before are gone, unless a writer that was paused for long has put one back.
      remove: [...replaced, ...(former?.retired ?? [])].map((file) => file.path),
      add,
      prune: former?.retired?.map((file) => file.snapshot_path) ?? [],
    },
    manifest: {
      format_version: 1,
      version,
      run_id: intent.runId,
      publication: publication.name,
      job: intent.job,
      published_at: publishedAt,
      format: intent.format,
      partition_by: intent.partitionBy,
      schema: kept.length === 0 ? schema : withAdditions(schema, former?.schema ?? [], version),
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      files,
      retired: replaced.map(({ path, snapshot_path }) => ({ path, snapshot_path })),
    },
  };
}

/** Files that stay do not have the columns that this version adds. */
function withAdditions(schema: readonly TableColumn[], former: readonly TableColumn[], version: number): TableColumn[] {
  return schema.map((column) => {
    const before = former.find(({ name }) => name === column.name);
    const added = before === undefined ? version : before.added_in;
    return added === undefined ? column : { ...column, added_in: added };
  });
}

/** The folders of the partitions that hold rows of the run; `""` for a table without partitions. */
export function touchedFolders(staged: readonly StagedFile[]): Set<string> {
  return new Set(staged.map((file) => file.folder));
}

/** The text of a manifest's file. */
export function manifestText(manifest: TableManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** Staged as `part-00000.parquet.data`, found by globs as `part-00000-<run>-v3.parquet`: a name is never used for other bytes. */
export function visibleName(snapshot: string, runId: string, version: number): string {
  const name = snapshot.slice(snapshot.lastIndexOf("/") + 1).replace(/\.data$/, "");
  const [part = name] = name.split(".");
  return name.replace(part, () => `${part}-${runId}-v${version}`);
}

function manifestFile(staged: StagedFile, { snapshot, visible }: SwitchNames, runId: string): ManifestFile {
  return {
    path: visible,
    snapshot_path: snapshot,
    rows: staged.rows,
    bytes: staged.bytes,
    partition: staged.partition,
    run_id: runId,
  };
}

function folderOf(file: ManifestFile, partitionBy: readonly string[]): string {
  return partitionFolder(
    partitionBy,
    partitionBy.map((name) => file.partition[name] ?? null),
  );
}
