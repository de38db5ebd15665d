import { resolve } from "node:path";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { LockOptions, OutputLock, TableOutput } from "../../../core/ports/table-output.ts";
import { longestNames } from "../table-layout.ts";
import type { LockTiming } from "../table-lock.ts";
import { TIMING } from "../table-lock.ts";
import { checkFolder } from "./check-folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { stageInFolder } from "./folder-staging.ts";
import { recover } from "./folder-switch.ts";
import { checkStoreIsNoLink } from "./inside-table.ts";
import { readManifest } from "./read-manifest.ts";
import { repairFolder } from "./repair-folder.ts";

/** Of a path, on Linux; other systems have less or more, and say so themselves. */
const MOST_PATH_BYTES = 4095;

export type FolderOutputOptions = {
  /** Whether a table is on the disk, and not only in the system's memory, when it is published. @default true */
  readonly durable?: boolean;
  readonly timing?: LockTiming;
};

/** A table in a local folder. How its switch works, and what each kind of reader sees: docs/reference/output.md. */
export function createFolderOutput(
  path: string,
  clock: Pick<Clock, "now">,
  { durable = true, timing = TIMING }: FolderOutputOptions = {},
): TableOutput {
  const table = resolve(path);
  const folder = { table, durable };
  const take = async (runId: string, options: LockOptions): Promise<OutputLock> => {
    await checkStoreIsNoLink(table);
    return lockFolder(table, runId, { ...options, durable, timing });
  };
  return {
    location: path,
    async check(intent) {
      await checkFolder(table, intent);
    },
    partitionRoom: (runId) => MOST_PATH_BYTES - Buffer.byteLength(table) - longestNames(runId),
    manifest: () => readManifest(table),
    async lock(runId, options = {}) {
      const lock = await take(runId, options);
      try {
        await recover(folder);
        return lock;
      } catch (thrown) {
        await lock.release();
        throw ScoreframeError.is(thrown) ? thrown : storageError(table, "recover", thrown);
      }
    },
    stage: (runId) => stageInFolder(folder, runId, clock),
    repair: (options = {}) => repairFolder(folder, path, () => take("repair", options)),
  };
}
