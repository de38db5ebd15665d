import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunReport } from "../../core/domain/run-report.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { RunFolders, RunStore } from "../../core/ports/run-store.ts";
import { mapConcurrently } from "../../core/util/map-concurrently.ts";
import type { RunFile } from "./discarded-files.ts";
import { discardedFiles, isDiscardable, totalBytes } from "./discarded-files.ts";
import { createObjectRunFiles } from "./object-run-files.ts";
import { readReport, recordText, writeReport } from "./report-record.ts";
import { runExists, runNotFound } from "./run-errors.ts";
import { makeRunFolders, shardRecordName } from "./run-folders.ts";

/** Records read at a time. */
const READS_AT_A_TIME = 16;

/** Runs in an object store: `<workspace>/runs/<run_id>/…`. While a run goes on, its files are in the system's temporary folder, too. */
export function createObjectRunStore(store: ObjectStore): RunStore {
  const keyOf = (runId: string, name: string): string => `runs/${runId}/${name}`;
  const save = async (runId: string, name: string, text: string): Promise<void> => {
    await store.writeText(keyOf(runId, name), text);
  };
  const load = async (runId: string): Promise<RunReport | null> => {
    const record = await store.readText(keyOf(runId, "run.json"));
    return record === null ? null : readReport(record.text);
  };
  return {
    async reach(signal) {
      for await (const _ of store.list("runs/", signal)) break;
      return store.location;
    },
    async create(runId, signal) {
      // Of two runs with one id, one must fail: the first to write this record owns the id.
      const claim = recordText({ run_id: runId, status: "created" });
      if ((await store.writeText(keyOf(runId, "run.json"), claim, { absent: true }, signal)) === null) {
        throw runExists(store.locate(`runs/${runId}`));
      }
      return createObjectRunFiles(store, `runs/${runId}`, await scratchFolders(runId), signal);
    },
    saveReport: (report) => save(report.run_id, "run.json", writeReport(report)),
    saveJob: (runId, job) => save(runId, "job.json", recordText(job)),
    saveShard: (runId, record) => save(runId, shardRecordName(record.shard), recordText(record)),
    async loadReport(runId) {
      const report = await load(runId);
      if (report === null) throw runNotFound(runId, store.locate("runs"), await runIds(store));
      return report;
    },
    async listReports() {
      const reports: RunReport[] = [];
      for await (const report of mapConcurrently(store.folders("runs/"), READS_AT_A_TIME, load)) {
        if (report !== null) reports.push(report);
      }
      return reports.sort((a, b) => b.started_at.localeCompare(a.started_at));
    },
    async discard(runId, what, { dryRun = false, signal } = {}) {
      if (!isDiscardable(await load(runId), runId)) return null;
      const prefix = `runs/${runId}/`;
      const files: RunFile[] = [];
      for await (const { key, bytes } of store.list(prefix, signal))
        files.push({ name: key.slice(prefix.length), bytes });
      const discarded = discardedFiles(files, what);
      if (dryRun) return totalBytes(discarded);
      const keys = discarded.map(({ name }) => `${prefix}${name}`);
      await store.remove(
        keys.filter((key) => key !== `${prefix}run.json`),
        signal,
      );
      if (what === "run") await store.remove([`${prefix}run.json`], signal);
      return totalBytes(discarded);
    },
  };
}

async function runIds(store: ObjectStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of store.folders("runs/")) ids.push(id);
  return ids.sort();
}

async function scratchFolders(runId: string): Promise<RunFolders> {
  const root = await mkdtemp(join(tmpdir(), `scoreframe-${runId}-`)).catch((thrown: unknown) => {
    throw storageError(tmpdir(), "write", thrown);
  });
  try {
    return await makeRunFolders(root);
  } catch (thrown) {
    await rm(root, { recursive: true, force: true });
    throw storageError(root, "write", thrown);
  }
}
