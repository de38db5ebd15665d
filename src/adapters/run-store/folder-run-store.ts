import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { isDiskFull, storageError } from "../../core/errors/storage-error.ts";
import { makeFolder } from "../../core/pipeline/make-folder.ts";
import type { RunReport } from "../../core/pipeline/run-report.ts";
import type { RunFiles, RunFolders, RunStore } from "../../core/ports/run-store.ts";
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
    // Not recursive: of two runs with one id, one must fail.
    await mkdir(root);
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

/** Written aside and renamed, so that a reader never sees half of it; on a full disk, over the record that is there. */
async function replaceFile(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, text);
    await rename(aside, path);
  } catch (thrown) {
    await rm(aside, { force: true }).catch(() => undefined);
    if (!(await overwrite(path, text))) throw storageError(path, "write", thrown);
  }
}

/** A file keeps its blocks when it is written over: how a run ended can be told where there is no room any more. */
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

async function runIds(runs: string): Promise<string[]> {
  try {
    return (await readdir(runs)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function reportOf(root: string): Promise<RunReport | null> {
  const text = await readFile(join(root, "run.json"), "utf8").catch(() => null);
  return text === null ? null : readReport(text);
}
