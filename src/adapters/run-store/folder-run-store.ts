import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { RunReport } from "../../core/pipeline/run-report.ts";
import type { RunFolders, RunStore } from "../../core/ports/run-store.ts";

/** Runs in a folder of the local file system: `<workspace>/runs/<run_id>/…`. */
export function createFolderRunStore(workspace: string): RunStore {
  const runs = resolve(workspace, "runs");
  const rootOf = (runId: string): string => join(runs, runId);
  return {
    create: (runId) => createFolders(rootOf(runId)),
    saveReport: (report) => replaceFile(join(rootOf(report.run_id), "run.json"), report),
    saveJob: (runId, job) => replaceFile(join(rootOf(runId), "job.json"), job),
    saveShard: (runId, record) =>
      replaceFile(join(rootOf(runId), "ledger", `shard-${String(record.shard).padStart(5, "0")}.json`), record),
    async loadReport(runId) {
      const report = await readReport(rootOf(runId));
      if (report !== null) return report;
      const known = await runIds(runs);
      throw new ScoreframeError(
        "RUN_NOT_FOUND",
        `There is no run "${runId}" in ${runs}. ${known.length === 0 ? "It holds no runs at all; is --workspace right?" : `The newest are: ${known.slice(-5).join(", ")}.`}`,
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
    await mkdir(join(root, ".."), { recursive: true });
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

/** Written aside and renamed, so that a reader never sees half of it. */
async function replaceFile(path: string, value: unknown): Promise<void> {
  const aside = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(aside, `${JSON.stringify(value, null, 2)}\n`);
    await rename(aside, path);
  } catch (error) {
    throw new ScoreframeError(
      "STORAGE_FAILED",
      `${path} cannot be written: ${messageOf(error)}. See that the disk has room and is writable.`,
      {
        operation: "write run record",
        cause: error,
      },
    );
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

/** Null where the folder holds no record that can be read: a run that is just being made, or somebody else's folder. */
async function readReport(root: string): Promise<RunReport | null> {
  try {
    return JSON.parse(await readFile(join(root, "run.json"), "utf8")) as RunReport;
  } catch {
    return null;
  }
}
