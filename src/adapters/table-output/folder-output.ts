import { mkdir, readdir, rm } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import type { TypedColumn } from "../../core/frames/column-type.ts";
import type { ManifestFile, TableManifest } from "../../core/pipeline/table-manifest.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { OutputIntent, StagedFile, TableOutput } from "../../core/ports/table-output.ts";
import { writeAtomically } from "./atomic-file.ts";
import { checkFolder, checkForeignFiles } from "./check-folder.ts";
import { manifestPath, nextVersion, snapshotFolder, storePath } from "./folder-layout.ts";
import { lockFolder } from "./folder-lock.ts";
import { pruneStore } from "./prune-store.ts";
import { readManifest } from "./read-manifest.ts";
import type { SwitchJournal } from "./switch-journal.ts";
import {
  abandonSwitch,
  carryOut,
  completeSwitch,
  incomingName,
  prepareSwitch,
  writeJournal,
} from "./switch-journal.ts";

/** A table in a local folder. How its switch works, and what each kind of reader sees: docs/reference/output.md. */
export function createFolderOutput(path: string, clock: Pick<Clock, "now">): TableOutput {
  const table = resolve(path);
  return {
    location: path,
    async check(intent) {
      await checkFolder(table, intent);
    },
    async lock(runId) {
      const lock = await lockFolder(table, runId);
      try {
        await completeSwitch(table);
        return lock;
      } catch (thrown) {
        await lock.release();
        throw ScoreframeError.is(thrown) ? thrown : storageError(table, "recover", thrown);
      }
    },
    stage: (runId) => stage(table, runId),
    async switchIn(intent, files, schema, lock) {
      const former = await checkFolder(table, intent);
      const planned = await plan(table, former, intent, files, schema, new Date(clock.now()).toISOString());
      try {
        await prepareSwitch(table, planned.journal);
        await lock.verify();
        await writeJournal(table, planned.journal);
        await writeAtomically(manifestPath(table), `${JSON.stringify(planned.manifest, null, 2)}\n`);
      } catch (thrown) {
        await abandonSwitch(table, planned.journal).catch(() => undefined);
        throw thrown;
      }
      // From here on the table is the new one: a crash is completed by whoever locks the output next.
      await carryOut(table, planned.journal);
      const readable = [...planned.manifest.files, ...planned.replaced].map((file) => file.snapshot_path);
      // The table is complete; what cannot be removed now is removed by the next publication.
      await pruneStore(table, new Set(readable)).catch(() => undefined);
      return planned.manifest;
    },
    async discard(runId) {
      const manifest = await readManifest(table);
      await rm(join(table, snapshotFolder(nextVersion(manifest), runId)), { recursive: true, force: true });
    },
  };
}

/** Versions that the manifest does not know were never switched in: their files are nobody's. */
async function stage(table: string, runId: string): Promise<string> {
  const version = nextVersion(await readManifest(table));
  const folder = join(table, snapshotFolder(version, runId));
  try {
    await mkdir(storePath(table), { recursive: true });
    for (const name of await readdir(storePath(table))) {
      const number = /^v(\d+)-/.exec(name)?.[1];
      if (number !== undefined && Number(number) >= version) {
        await rm(join(storePath(table), name), { recursive: true, force: true });
      }
    }
    await mkdir(folder);
    return folder;
  } catch (thrown) {
    throw storageError(folder, "create", thrown);
  }
}

type Switch = { manifest: TableManifest; journal: SwitchJournal; replaced: readonly ManifestFile[] };

async function plan(
  table: string,
  former: TableManifest | null,
  intent: OutputIntent,
  staged: readonly StagedFile[],
  schema: readonly TypedColumn[],
  publishedAt: string,
): Promise<Switch> {
  const version = nextVersion(former);
  const touched = new Set(staged.map((file) => file.folder));
  const replaces = (file: ManifestFile): boolean =>
    file.run_id === intent.runId || (intent.ifExists === "overwrite_partitions" && touched.has(folderOf(file)));
  const replaced = former?.files.filter(replaces) ?? [];
  if (intent.ifExists === "overwrite_partitions") await checkForeignFiles(table, touched, former);
  const added = staged.map((file) => manifestFile(table, file, intent.runId, version));
  const files = [...(former?.files.filter((file) => !replaces(file)) ?? []), ...added];
  const add = added.map((file) => ({ from: incomingName(file.snapshot_path), to: file.path }));
  return {
    journal: { version, remove: replaced.map((file) => file.path), add },
    replaced,
    manifest: {
      format_version: 1,
      version,
      run_id: intent.runId,
      job: intent.job,
      published_at: publishedAt,
      format: intent.format,
      partition_by: intent.partitionBy,
      schema,
      rows: files.reduce((sum, file) => sum + file.rows, 0),
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
      files,
    },
  };
}

/** Staged as `part-00000.parquet.data`, found by globs as `part-00000-<run>-v3.parquet`: a name is never used for other bytes. */
function manifestFile(table: string, staged: StagedFile, runId: string, version: number): ManifestFile {
  const snapshot = relative(table, staged.path).split(sep).join("/");
  const name = snapshot.slice(snapshot.lastIndexOf("/") + 1).replace(/\.data$/, "");
  const [part = name] = name.split(".");
  const visible = name.replace(part, () => `${part}-${runId}-v${version}`);
  return {
    path: staged.folder === "" ? visible : `${staged.folder}/${visible}`,
    snapshot_path: snapshot,
    rows: staged.rows,
    bytes: staged.bytes,
    partition: staged.partition,
    run_id: runId,
  };
}

function folderOf(file: ManifestFile): string {
  return file.path.includes("/") ? file.path.slice(0, file.path.lastIndexOf("/")) : "";
}
