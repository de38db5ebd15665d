import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { describe, expect, test } from "vitest";
import type { RunReport } from "../../../src/core/domain/run-report.ts";
import type { RunStore } from "../../../src/core/ports/run-store.ts";
import { sampleReport } from "../../cli/support/sample-report.ts";

/** A run store, and the files that it keeps, as someone finds them who knows the layout of a workspace. */
export type RunStorePlace = {
  readonly store: RunStore;
  /** Names below the workspace, in order. */
  names(): Promise<string[]>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  remove(): Promise<void>;
};

/** Why a member does not keep a promise, and the error by which that shows. */
export type Gap = { readonly reason: string; readonly error: string };

/**
 * The promises of the RunStore port, held to by every member. `gaps`: what a member does not keep, by the promise; one that it keeps after all, or breaks
 * otherwise, is red.
 */
export function describeRunStore(
  name: string,
  newPlace: (context: TestContext) => Promise<RunStorePlace>,
  gaps: Readonly<Record<string, Gap>> = {},
): void {
  describe(`runs in ${name}`, () => {
    const signal = new AbortController().signal;
    const report = (runId: string, changes: Partial<RunReport> = {}): RunReport => ({
      ...sampleReport(),
      run_id: runId,
      ...changes,
    });

    const promises: string[] = [];

    function it(promise: string, act: (place: RunStorePlace) => Promise<void>): void {
      promises.push(promise);
      const gap = gaps[promise];
      test(gap === undefined ? promise : `${promise} (declared gap: ${gap.reason})`, async (context) => {
        const place = await newPlace(context);
        try {
          if (gap === undefined) return await act(place);
          await expect(act(place), "it is kept: delete its declared gap").rejects.toThrow(gap.error);
        } finally {
          await place.remove();
        }
      });
    }

    it("have folders of their own, and every file that was kept is where the layout says", async ({
      store,
      names,
      read,
    }) => {
      const files = await store.create("run-1", signal);
      const { features, requests, responses, deadLetter, logs } = files.folders;
      for (const folder of [features, requests, responses]) {
        await writeFile(join(folder, "a b+ü.txt"), folder);
        await files.keep(join(folder, "a b+ü.txt"));
      }
      await writeFile(join(deadLetter, "dead.parquet"), "x");
      await writeFile(join(logs, "model.log"), "x");
      await files.settle();
      await files.release([join(features, "a b+ü.txt")]);
      await store.saveReport(report("run-1"));
      await store.saveJob("run-1", { name: "job" });
      await files.close();
      expect((await names()).filter((each) => !each.includes("ledger/"))).toEqual([
        "runs/run-1/dead-letter/dead.parquet",
        "runs/run-1/features/a b+ü.txt",
        "runs/run-1/job.json",
        "runs/run-1/logs/model.log",
        "runs/run-1/requests/a b+ü.txt",
        "runs/run-1/responses/a b+ü.txt",
        "runs/run-1/run.json",
      ]);
      expect(await read("runs/run-1/features/a b+ü.txt")).toBe(features);
      expect(files.locate(deadLetter)).toMatch(/runs\/run-1\/dead-letter$/);
    });

    it("can be read by a service, whose answers come here", async ({ store, names, read, write }) => {
      const { folders, keep, remote, close } = await store.create("run-1", signal);
      if (remote === undefined) throw new Error("there is no remote");
      const request = join(folders.requests, "a b+ü.jsonl");
      await writeFile(request, "question\n");
      await keep(request);
      await remote.stored(request);
      expect(remote.locate(folders.requests)).toMatch(/:\/\/.*runs\/run-1\/requests$/);
      expect(await read("runs/run-1/requests/a b+ü.jsonl")).toBe("question\n");

      async function listed(): Promise<unknown[]> {
        const files: unknown[] = [];
        for await (const file of remote?.list(folders.responses, signal) ?? []) files.push(file);
        return files;
      }
      expect(await listed()).toEqual([]);
      await write("runs/run-1/responses/a b+ü.jsonl.out", "answer\n");
      await write("runs/run-1/responses-of-another/x.out", "answer\n");
      expect(await listed()).toEqual([{ name: "a b+ü.jsonl.out", bytes: 7 }]);
      const response = join(folders.responses, "a b+ü.jsonl.out");
      await remote.fetch(response, signal);
      expect(await readFile(response, "utf8")).toBe("answer\n");
      // What the run makes of it is the run's own: the service's word stays.
      await writeFile(response, "changed\n");
      await keep(response);
      await close();
      expect(await read("runs/run-1/responses/a b+ü.jsonl.out")).toBe("answer\n");
      expect((await names()).filter((each) => each.includes("requests/"))).toHaveLength(1);
    });

    it("of one id are begun by one of many", async ({ store }) => {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => store.create("run-1", signal)));
      expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
      const rejected = tries.find((each) => each.status === "rejected");
      expect(rejected?.reason).toMatchObject({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("exists already"),
      });
      for (const each of tries) if (each.status === "fulfilled") await each.value.close();
    });

    it("are listed as they were saved last, newest first", async ({ store }) => {
      for (const [id, started_at] of [
        ["b", "2024-01-02"],
        ["a", "2024-01-03"],
        ["c", "2024-01-01"],
      ] as const) {
        await (await store.create(id, signal)).close();
        await store.saveReport(report(id, { started_at, status: "running" }));
        await store.saveReport(report(id, { started_at, status: "succeeded" }));
      }
      expect((await store.listReports()).map(({ run_id, status }) => [run_id, status])).toEqual([
        ["a", "succeeded"],
        ["b", "succeeded"],
        ["c", "succeeded"],
      ]);
      expect(await store.loadReport("b")).toEqual(report("b", { started_at: "2024-01-02" }));
    });

    it("that do not exist are named, with those that do", async ({ store }) => {
      expect(await store.listReports()).toEqual([]);
      await expect(store.loadReport("none")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
      await (await store.create("run-1", signal)).close();
      await store.saveReport(report("run-1"));
      await expect(store.loadReport("run-2")).rejects.toMatchObject({
        code: "RUN_NOT_FOUND",
        message: expect.stringContaining("The newest are: run-1."),
      });
    });

    it("whose process was killed are incomplete", async ({ store, read, write }) => {
      await (await store.create("run-1", signal)).close();
      await store.saveReport(report("run-1", { status: "running" }));
      expect(await store.loadReport("run-1")).toMatchObject({ status: "running" });
      const pid = spawnSync(process.execPath, ["-e", ""]).pid;
      const record = JSON.parse(await read("runs/run-1/run.json"));
      record.owner.pid = pid;
      await write("runs/run-1/run.json", JSON.stringify(record));
      expect(await store.loadReport("run-1")).toMatchObject({ status: "incomplete", error: { code: "RUN_CANCELLED" } });
    });

    it("are discarded in part or as a whole once they have ended, and nothing else is", async ({
      store,
      names,
      write,
    }) => {
      for (const id of ["run-1", "run-10"]) {
        await (await store.create(id, signal)).close();
        await store.saveReport(report(id, { status: "running" }));
        for (const name of ["job.json", "requests/a.jsonl", "dead-letter/a.parquet", "ledger/shard-00000.json"]) {
          await write(`runs/${id}/${name}`, "12345");
        }
      }
      const left = async () =>
        (await names())
          .filter((name) => name.startsWith("runs/run-1/"))
          .map((name) => name.slice("runs/run-1/".length));
      expect(await store.discard("run-1", "run")).toBeNull();
      expect(await store.discard("none", "run")).toBeNull();
      await store.saveReport(report("run-1"));
      expect(await store.discard("run-1", "shards", { dryRun: true })).toBe(5);
      expect(await left()).toHaveLength(5);
      expect(await store.discard("run-1", "shards")).toBe(5);
      expect(await left()).toEqual(["dead-letter/a.parquet", "job.json", "ledger/shard-00000.json", "run.json"]);
      expect(await store.discard("run-1", "all-but-report")).toBe(15);
      expect(await left()).toEqual(["run.json"]);
      expect(await store.discard("run-1", "run")).toBeGreaterThan(100);
      expect(await left()).toEqual([]);
      expect((await names()).filter((name) => name.startsWith("runs/run-10/"))).toHaveLength(5);
    });

    test("declare gaps of promises that there are", () => {
      expect(Object.keys(gaps).filter((promise) => !promises.includes(promise))).toEqual([]);
    });
  });
}
