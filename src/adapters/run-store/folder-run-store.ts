import { lstat, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import type { RunReport } from "../../core/domain/run-report.ts";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { isDiskFull, storageError } from "../../core/errors/storage-error.ts";
import type { Discarded, RunFiles, RunFolders, RunStore } from "../../core/ports/run-store.ts";
import { writeAtomically } from "../../core/util/atomic-file.ts";
import { makeFolder } from "../../core/util/make-folder.ts";
import type { RunFile } from "./discarded-files.ts";
import { discardedFiles, isDiscardable, totalBytes } from "./discarded-files.ts";
import { readReport, recordText, writeReport } from "./report-record.ts";
import { runExists, runNotFound } from "./run-errors.ts";
import { makeRunFolders, shardRecordName } from "./run-folders.ts";

/** Runs in a folder of the local file system: `<workspace>/runs/<run_id>/…`. */
export function createFolderRunStore(workspace: string): RunStore {
  const runs = resolve(workspace, "runs");
  const rootOf = (runId: string): string => join(runs, runId);
  return {
    create: async (runId) => keptInPlace(await createFolders(rootOf(runId))),
    saveReport: (report) => replaceFile(join(rootOf(report.run_id), "run.json"), writeReport(report)),
    saveJob: (runId, job) => replaceFile(join(rootOf(runId), "job.json"), recordText(job)),
    saveShard: (runId, record) => replaceFile(join(rootOf(runId), shardRecordName(record.shard)), recordText(record)),
    async loadReport(runId) {
      const report = await reportOf(rootOf(runId));
      if (report === null) throw runNotFound(runId, runs, await runIds(runs));
      return report;
    },
    async listReports() {
      const ids = await runIds(runs);
      const reports = await Promise.all(ids.map((id) => reportOf(rootOf(id))));
      return reports.filter((report) => report !== null).sort((a, b) => b.started_at.localeCompare(a.started_at));
    },
    discard: (runId, what, options) => discardFiles(rootOf(runId), runId, what, options),
  };
}

/** What is written in the workspace is kept by that. */
function keptInPlace(folders: RunFolders): RunFiles {
  const nothing = async (): Promise<void> => undefined;
  return {
    folders,
    locate: (path) => path,
    keep: nothing,
    release: nothing,
    settle: nothing,
    close: nothing,
  };
}

async function createFolders(root: string): Promise<RunFolders> {
  try {
    await makeFolder(join(root, ".."));
    await removeEnded(root);
    // Not recursive: of two runs with one id, one must fail.
    // No other user of the machine may read rows of the source and responses of the model.
    await mkdir(root, { mode: 0o700 });
    await mkdir(join(root, "ledger"));
    return await makeRunFolders(root);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw runExists(root, error);
    if (isDiskFull(messageOf(error))) throw storageError(root, "make", error);
    throw new ScoreframeError(
      "STORAGE_FAILED",
      `The workspace folder ${root} cannot be made: ${messageOf(error)}. Choose a folder that you may write to with --workspace.`,
      { operation: "create run", cause: error },
    );
  }
}

/** A run that has ended is replaced by one of the same id, because a scheduler retries with the id of its first try. */
async function removeEnded(root: string): Promise<void> {
  const hasEnded = async (): Promise<boolean> => !["running", undefined].includes((await reportOf(root))?.status);
  if (!(await hasEnded())) return;
  // Of several that try this, one makes the file.
  const claim = join(root, "replaced");
  await writeFile(claim, "", { flag: "wx" });
  if (!(await hasEnded())) return rm(claim, { force: true });
  const former = join(root, "..", `.former-${basename(root)}`);
  await rm(former, { recursive: true, force: true });
  await rename(root, former);
  await rm(former, { recursive: true, force: true });
}

/** On a full disk, over the record that is there. */
async function replaceFile(path: string, text: string): Promise<void> {
  await writeAtomically(path, text, { durable: false }).catch(async (thrown: unknown) => {
    if (!(await overwrite(path, text))) throw thrown;
  });
}

/** A file keeps its blocks when it is overwritten, so how a run ended can be recorded on a full disk. */
async function overwrite(path: string, text: string): Promise<boolean> {
  const file = await open(path, "r+").catch(() => null);
  if (file === null) return false;
  try {
    const former = await file.readFile();
    try {
      await file.write(text, 0);
      await file.truncate(Buffer.byteLength(text));
      return true;
    } catch {
      await file.write(former, 0, former.length, 0).catch(() => undefined);
      return false;
    }
  } finally {
    await file.close();
  }
}

async function discardFiles(
  root: string,
  runId: string,
  what: Discarded,
  { dryRun = false, signal }: { readonly dryRun?: boolean; readonly signal?: AbortSignal } = {},
): Promise<number | null> {
  // Of a link, what it leads to is not ours.
  const isFolder = await lstat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder || !isDiscardable(await reportOf(root), runId)) return null;
  const files = discardedFiles(await filesBelow(root), what);
  if (dryRun) return totalBytes(files);
  try {
    for (const { name } of files) {
      signal?.throwIfAborted();
      await rm(join(root, name), { force: true });
    }
    await removeEmptyFolders(root);
  } catch (thrown) {
    if (signal?.aborted === true) throw thrown;
    throw storageError(root, "remove", thrown);
  }
  return totalBytes(files);
}

/** Every file below a folder, links as they are and not what they lead to. */
async function filesBelow(root: string): Promise<RunFile[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => !entry.isDirectory())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { name: relative(root, path).split(sep).join("/"), bytes: (await lstat(path)).size };
      }),
  );
}

/** The folder of a run is removed with its last file. */
async function removeEmptyFolders(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await removeEmptyFolders(join(folder, entry.name));
  }
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}

async function runIds(runs: string): Promise<string[]> {
  try {
    return (await readdir(runs)).filter((name) => !name.startsWith(".")).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function reportOf(root: string): Promise<RunReport | null> {
  const text = await readFile(join(root, "run.json"), "utf8").catch(() => null);
  return text === null ? null : readReport(text);
}
