import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { partitionFolder } from "../../../core/domain/hive-path.ts";
import type { TableManifest } from "../../../core/domain/table-manifest.ts";
import type { TypedColumn } from "../../../core/domain/types/column-type.ts";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { ObjectStore } from "../../../core/ports/object-store.ts";
import type { StagedFile, Staging } from "../../../core/ports/table-output.ts";
import { createUploadQueue } from "../../object-store/upload-queue.ts";
import { writeOurs } from "../../object-store/write-ours.ts";
import { thisProcess } from "../../records/process-owner.ts";
import type { SwitchJournal } from "../journal-record.ts";
import { outputBusy } from "../lock-record.ts";
import type { Publication, SwitchNames } from "../plan-switch.ts";
import { manifestText, planSwitch, touchedFolders, visibleName } from "../plan-switch.ts";
import { LOCK, MANIFEST, newPublication, nextVersion, snapshotFolder } from "../table-layout.ts";
import type { StoredManifest } from "./check-objects.ts";
import { checkForeignObjects, checkObjects, readStoredManifest } from "./check-objects.ts";
import { carryOutObjects, removeCutOff, rollBackObjects, writeObjectJournal } from "./object-switch.ts";

/**
 * The files of a publication are in the system's temporary folder while they are written, and are uploaded, each as soon as it is whole, under names that no
 * glob for their format finds.
 */
export async function stageObjects(
  store: ObjectStore,
  runId: string,
  clock: Pick<Clock, "now">,
  signal: AbortSignal = new AbortController().signal,
): Promise<Staging> {
  const version = nextVersion((await readStoredManifest(store))?.manifest ?? null);
  const publication: Publication = { name: newPublication(version, runId), version };
  const prefix = `${snapshotFolder(publication.name)}/`;
  const owner = thisProcess();
  let journal: SwitchJournal = { version, publication: publication.name, owner, remove: [], add: [], prune: [] };
  // Before the first object: it says whose they are, should this process end too early.
  await writeObjectJournal(store, journal);
  const folder = await mkdtemp(join(tmpdir(), `scoreframe-table-`)).catch(async (thrown: unknown) => {
    await rollBackObjects(store, journal, null).catch(() => undefined);
    throw storageError(tmpdir(), "write", thrown);
  });
  const uploads = createUploadQueue(store, signal);
  const keyOf = (path: string): string => prefix + relative(folder, path).split(sep).join("/");
  /** Whether a manifest may list the objects: then they are not ours to remove. */
  let listed = false;

  return {
    folder,
    async add({ path }) {
      await uploads.add(path, keyOf(path));
      // What is stored needs no room here. If an upload failed, the next call throws the reason.
      void uploads.stored(path).then(
        () => rm(path, { force: true }),
        () => undefined,
      );
    },
    async switchIn(intent, files, schema, lock) {
      await uploads.settle();
      await rm(folder, { recursive: true, force: true });
      await verifyStored(store, prefix, files, keyOf);
      const former = await checkObjects(store, intent);
      const { manifest: formerly = null } = former ?? {};
      if (nextVersion(formerly) !== version) throw outputBusy(store.location, null, store.locate(LOCK));
      if (intent.ifExists === "overwrite_partitions") await checkForeignObjects(store, touchedFolders(files), formerly);
      signal.throwIfAborted();
      const publishedAt = new Date(clock.now()).toISOString();
      const planned = planSwitch(formerly, intent, files, schema, publishedAt, publication, (file) =>
        namesOf(keyOf(file.path), file, schema, intent.runId, version),
      );
      journal = planned.journal;
      await writeObjectJournal(store, journal);
      await lock.verify();
      const etag = await commit(store, planned.manifest, former, () => {
        listed = true;
      });
      // From here on the table is the new one: after a crash, the next run that locks the output completes it.
      await carryOutObjects(store, journal, { manifest: planned.manifest, etag });
      // The table is complete; what cannot be removed now is removed by the next publication.
      await removeCutOff(store).catch(() => undefined);
      return planned.manifest;
    },
    async discard() {
      await uploads.settle().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
      if (!listed) await rollBackObjects(store, journal, await readStoredManifest(store));
    },
  };
}

/**
 * Replaces the manifest, which is the switch, on the condition that it is still the one that was read: of two writers, one is
 * rejected, also if both believe that they hold the lock. `onListed` is called as soon as the manifest may have been replaced.
 */
async function commit(
  store: ObjectStore,
  manifest: TableManifest,
  former: StoredManifest,
  onListed: () => void,
): Promise<string> {
  const condition = former === null ? ({ absent: true } as const) : { etag: former.etag };
  try {
    const etag = await writeOurs(store, MANIFEST, manifestText(manifest), condition);
    if (etag === null) throw outputBusy(store.location, null, store.locate(LOCK));
    onListed();
    return etag;
  } catch (thrown) {
    // A request whose answer was lost may have been carried out.
    const found = await store.readText(MANIFEST).catch(() => undefined);
    if (found === undefined || found?.text === manifestText(manifest)) onListed();
    if (found === undefined) throw unknownEnd(store.locate(MANIFEST), thrown);
    if (found?.text === manifestText(manifest)) return found.etag;
    throw thrown;
  }
}

function unknownEnd(path: string, cause: unknown): ScoreframeError {
  const said = ScoreframeError.is(cause) ? cause.message : String(cause);
  return new ScoreframeError(
    "STORAGE_FAILED",
    `Whether the new table was published is not known: ${path} was being replaced when this happened: ${said} ` +
      "Run the job again, which ends what was begun: nothing is published twice.",
    { operation: "publish", retryable: true, cause, details: { path } },
  );
}

/** Every object has the size of the file that was read back and counted. */
async function verifyStored(
  store: ObjectStore,
  prefix: string,
  files: readonly StagedFile[],
  keyOf: (path: string) => string,
): Promise<void> {
  const stored = new Map<string, number>();
  for await (const { key, bytes } of store.list(prefix)) stored.set(key, bytes);
  for (const { path, bytes } of files) {
    const found = stored.get(keyOf(path));
    if (found === bytes) continue;
    throw new ScoreframeError(
      "LEDGER_IMBALANCE",
      `${store.locate(keyOf(path))} has ${found ?? "no"} bytes, and ${bytes} were uploaded. Nothing was published; run the job again.`,
      { operation: "publish", details: { path: store.locate(keyOf(path)), bytes: found ?? null, expected: bytes } },
    );
  }
}

/** One folder per run, so that a catalog's partition can be pointed at it. */
function namesOf(
  snapshot: string,
  staged: StagedFile,
  schema: readonly TypedColumn[],
  runId: string,
  version: number,
): SwitchNames {
  const run = partitionFolder([runColumn(schema)], [runId]);
  const visible = [staged.folder, run, visibleName(snapshot, runId, version)].filter((part) => part !== "").join("/");
  return { snapshot, incoming: snapshot, visible };
}

/** Readers take the run's folder for a column, which must not hide one of the table. */
function runColumn(schema: readonly TypedColumn[]): string {
  const names = new Set(schema.map(({ name }) => name.toLowerCase()));
  return ["run", "scoreframe_run"].find((name) => !names.has(name)) ?? "scoreframe_run_id";
}
