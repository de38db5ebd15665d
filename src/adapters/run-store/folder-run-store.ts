import { mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import { makeFolder } from "../../core/pipeline/make-folder.ts";
import type { RunReport } from "../../core/pipeline/run-report.ts";
import type { RunFolders, RunStore } from "../../core/ports/run-store.ts";

/** Runs in a folder of the local file system: `<workspace>/runs/<run_id>/…`. */
export function createFolderRunStore(workspace: string): RunStore {
  const runs = resolve(workspace, "runs");
  const rootOf = (runId: string): string => join(runs, runId);
  return {
    create: (runId) => createFolders(rootOf(runId)),
    saveReport: (report) => replaceFile(join(rootOf(report.run_id), "run.json"), { ...report, owner: thisProcess() }),
    saveJob: (runId, job) => replaceFile(join(rootOf(runId), "job.json"), job),
    saveShard: (runId, record) =>
      replaceFile(join(rootOf(runId), "ledger", `shard-${String(record.shard).padStart(5, "0")}.json`), record),
    async loadReport(runId) {
      const report = await readReport(rootOf(runId));
      if (report !== null) return report;
      const known = await runIds(runs);
      throw new ScoreframeError(
        "RUN_NOT_FOUND",
        `There is no run "${runId}" in ${runs}. ${known.length === 0 ? "It holds no runs at all; is --workspace right?" : `The newest are: ${known.slice(-5).reverse().join(", ")}.`}`,
        { details: { runId } },
      );
    },
    async listReports() {
      const ids = await runIds(runs);
      const reports = await Promise.all(ids.map((id) => readReport(rootOf(id))));
      return reports.filter((report) => report !== null).sort((a, b) => b.started_at.localeCompare(a.started_at));
    },
  };
}

async function createFolders(root: string): Promise<RunFolders> {
  const folder = (name: string): string => join(root, name);
  try {
    await makeFolder(join(root, ".."));
    // Not recursive: of two runs with one id, one must fail.
    await mkdir(root);
    const names = ["ledger", "features", "requests", "responses", "stitched", "dead-letter", "logs"];
    await Promise.all(names.map((name) => mkdir(folder(name))));
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new ScoreframeError(
      "STORAGE_FAILED",
      exists
        ? `A run with the id of ${root} exists already. Give another run id, or none to have one made.`
        : `The workspace folder ${root} cannot be made: ${messageOf(error)}. Choose a folder that you may write to with --workspace.`,
      { operation: "create run", cause: error },
    );
  }
  return {
    root,
    features: folder("features"),
    requests: folder("requests"),
    responses: folder("responses"),
    stitched: folder("stitched"),
    deadLetter: folder("dead-letter"),
    logs: folder("logs"),
  };
}

/** Written aside and renamed, so that a reader never sees half of it; on a full disk, over the record that is there. */
async function replaceFile(path: string, value: unknown): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  const text = `${JSON.stringify(value, null, 2)}\n`;
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

/** Who writes a run's record: what tells a run that goes on from one whose process was killed. */
type Owner = { readonly host: string; readonly pid: number };
type OwnedReport = RunReport & { readonly owner?: Owner };

const DIED: RunReport["error"] = {
  code: "RUN_CANCELLED",
  message:
    "The run's process was killed before the run had ended. It published nothing unless the output's _manifest.json names its id; " +
    "run the job again, which starts over.",
};

function thisProcess(): Owner {
  return { host: hostname(), pid: process.pid };
}

/** Of another machine's process nothing is known. */
function hasDied(owner: Owner | undefined): boolean {
  if (owner === undefined || owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Null where the folder holds no record that can be read: a run that is just being made, or somebody else's folder. */
async function readReport(root: string): Promise<RunReport | null> {
  try {
    const { owner, ...report } = JSON.parse(await readFile(join(root, "run.json"), "utf8")) as OwnedReport;
    return report.status === "running" && hasDied(owner) ? { ...report, status: "incomplete", error: DIED } : report;
  } catch {
    return null;
  }
}
