import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { describe, expect, test } from "vitest";
import type { RunReport } from "../../../src/core/pipeline/run-report.ts";
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

/** The promises of the RunStore port, held to by every member. */
export function describeRunStore(name: string, newPlace: (context: TestContext) => Promise<RunStorePlace>): void {
  describe(`runs in ${name}`, () => {
    const signal = new AbortController().signal;
    const report = (runId: string, changes: Partial<RunReport> = {}): RunReport => ({
      ...sampleReport(),
      run_id: runId,
      ...changes,
    });

    function it(promise: string, act: (place: RunStorePlace) => Promise<void>): void {
      test(promise, async (context) => {
        const place = await newPlace(context);
        try {
          await act(place);
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

    it("of one id are begun by one of many", async ({ store }) => {
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => store.create("run-1", signal)));
      expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
      const refused = tries.find((each) => each.status === "rejected");
      expect(refused?.reason).toMatchObject({
        code: "STORAGE_FAILED",
        message: expect.stringContaining("exists already"),
      });
      for (const each of tries) if (each.status === "fulfilled") await each.value.close();
    });

    it("are told as they were saved last, newest first", async ({ store }) => {
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
      const record = { ...JSON.parse(await read("runs/run-1/run.json")), owner: { host: hostname(), pid } };
      await write("runs/run-1/run.json", JSON.stringify(record));
      expect(await store.loadReport("run-1")).toMatchObject({ status: "incomplete", error: { code: "RUN_CANCELLED" } });
    });
  });
}
