import { mkdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { StagedFile, Staging } from "../../../core/ports/table-output.ts";
import { thisProcess } from "../../records/process-owner.ts";
import type { SwitchJournal } from "../journal-record.ts";
import { outputBusy } from "../lock-record.ts";
import type { Publication, SwitchNames } from "../plan-switch.ts";
import { planSwitch, touchedFolders, visibleName } from "../plan-switch.ts";
import { isCommitted } from "../switch-steps.ts";
import { LOCK, newPublication, nextVersion, snapshotFolder } from "../table-layout.ts";
import { checkFolder, checkForeignFiles } from "./check-folder.ts";
import type { TableFolder } from "./folder-switch.ts";
import { carryOut, commit, incomingName, prepareSwitch, rollBack, writeJournal } from "./folder-switch.ts";
import { readManifest } from "./read-manifest.ts";
import { createSyncQueue } from "./sync-queue.ts";

/** The files of a publication are written into the table's folder, so nothing is moved between disks. The journal names their owner, in case this process ends too early. */
export async function stageInFolder(place: TableFolder, runId: string, clock: Pick<Clock, "now">): Promise<Staging> {
  const { table, durable } = place;
  const version = nextVersion(await readManifest(table));
  const publication: Publication = { name: newPublication(version, runId), version };
  const folder = join(table, snapshotFolder(publication.name));
  let journal: SwitchJournal = {
    version,
    publication: publication.name,
    owner: thisProcess(),
    remove: [],
    add: [],
    prune: [],
  };
  const syncs = createSyncQueue();
  let switched = false;
  try {
    await writeJournal(place, journal);
    await mkdir(folder);
  } catch (thrown) {
    await rollBack(place, journal, null).catch(() => undefined);
    throw storageError(folder, "create", thrown);
  }

  return {
    folder,
    // While other files are being written: little is left to wait for at the switch.
    add: async ({ path }) => (durable ? syncs.add(path) : undefined),
    async switchIn(intent, files, schema, lock) {
      await syncs.settle();
      const former = await checkFolder(table, intent);
      if (nextVersion(former) !== version) throw outputBusy(table, null, join(table, LOCK));
      if (intent.ifExists === "overwrite_partitions") await checkForeignFiles(table, touchedFolders(files), former);
      const publishedAt = new Date(clock.now()).toISOString();
      const planned = planSwitch(former, intent, files, schema, publishedAt, publication, (file) =>
        namesOf(table, file, intent.runId, version),
      );
      journal = planned.journal;
      try {
        await prepareSwitch(place, journal);
        await writeJournal(place, journal);
        await commit(place, planned.manifest, lock);
      } catch (thrown) {
        // A file system may report an error for what it has done.
        if (!isCommitted(journal, await readManifest(table).catch(() => former))) throw thrown;
      }
      switched = true;
      // From here on the table is the new one: after a crash, the next run that locks the output completes it.
      await carryOut(place, journal, planned.manifest);
      return planned.manifest;
    },
    async discard() {
      await syncs.settle().catch(() => undefined);
      if (!switched) await rollBack(place, journal, await readManifest(table));
    },
  };
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
