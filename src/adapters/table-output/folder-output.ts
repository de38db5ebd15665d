import { mkdir, readdir, rm } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { StagedFile, Staging, TableOutput } from "../../core/ports/table-output.ts";
import { writeAtomically } from "./atomic-file.ts";
import { checkFolder, checkForeignFiles } from "./check-folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { abandonSwitch, carryOut, completeSwitch, incomingName, prepareSwitch, writeJournal } from "./folder-switch.ts";
import type { SwitchNames } from "./plan-switch.ts";
import { manifestText, planSwitch, touchedFolders, visibleName } from "./plan-switch.ts";
import { pruneStore } from "./prune-store.ts";
import { readManifest } from "./read-manifest.ts";
import { MANIFEST, nextVersion, STORE, snapshotFolder, snapshotVersion } from "./table-layout.ts";

/** A table in a local folder. How its switch works, and what each kind of reader sees: docs/reference/output.md. */
export function createFolderOutput(path: string, clock: Pick<Clock, "now">): TableOutput {
  const table = resolve(path);
  return {
    location: path,
    async check(intent) {
      await checkFolder(table, intent);
    },
    manifest: () => readManifest(table),
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
    async stage(runId) {
      return stagedIn(table, await makeStagingFolder(table, runId), clock);
    },
  };
}

function stagedIn(table: string, folder: string, clock: Pick<Clock, "now">): Staging {
  let switched = false;
  return {
    folder,
    // Staged where the table is: there is nothing to bring.
    add: async () => undefined,
    async switchIn(intent, files, schema, lock) {
      const former = await checkFolder(table, intent);
      if (intent.ifExists === "overwrite_partitions") await checkForeignFiles(table, touchedFolders(files), former);
      const publishedAt = new Date(clock.now()).toISOString();
      const planned = planSwitch(former, intent, files, schema, publishedAt, (file, version) =>
        namesOf(table, file, intent.runId, version),
      );
      try {
        await prepareSwitch(table, planned.journal);
        await lock.verify();
        await writeJournal(table, planned.journal);
        await writeAtomically(join(table, MANIFEST), manifestText(planned.manifest));
      } catch (thrown) {
        await abandonSwitch(table, planned.journal).catch(() => undefined);
        throw thrown;
      }
      switched = true;
      // From here on the table is the new one: a crash is completed by whoever locks the output next.
      await carryOut(table, planned.journal);
      const readable = [...planned.manifest.files, ...planned.replaced].map((file) => file.snapshot_path);
      // The table is complete; what cannot be removed now is removed by the next publication.
      await pruneStore(table, new Set(readable)).catch(() => undefined);
      return planned.manifest;
    },
    async discard() {
      if (!switched) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Versions that the manifest does not know were never switched in: their files are nobody's. */
async function makeStagingFolder(table: string, runId: string): Promise<string> {
  const version = nextVersion(await readManifest(table));
  const [store, folder] = [join(table, STORE), join(table, snapshotFolder(version, runId))];
  try {
    await mkdir(store, { recursive: true });
    for (const name of await readdir(store)) {
      if ((snapshotVersion(name) ?? 0) >= version) await rm(join(store, name), { recursive: true, force: true });
    }
    await mkdir(folder);
    return folder;
  } catch (thrown) {
    throw storageError(folder, "create", thrown);
  }
}

function namesOf(table: string, staged: StagedFile, runId: string, version: number): SwitchNames {
  const snapshot = relative(table, staged.path).split(sep).join("/");
  const name = visibleName(snapshot, runId, version);
  return {
    snapshot,
    incoming: incomingName(snapshot),
    visible: staged.folder === "" ? name : `${staged.folder}/${name}`,
  };
}
