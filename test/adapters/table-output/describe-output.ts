import { spawnSync } from "node:child_process";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestContext } from "vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { machineIdentity } from "../../../src/adapters/records/process-owner.ts";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { TableManifest } from "../../../src/core/domain/table-manifest.ts";
import type { OutputIntent } from "../../../src/core/ports/table-output.ts";
import type { Publication, PublishedTable } from "../../../src/core/stages/publish/publish.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable, publishInto, query } from "../../core/publish/table-fixture.ts";
import type { TablePlace } from "./table-place.ts";

/** The promises of the TableOutput port, held to by every member. */
export function describeOutput(name: string, newPlace: (context: TestContext) => Promise<TablePlace>): void {
  describe(`a table in ${name}`, () => {
    /** Only its shards are used. */
    let fixture: TableFixture;
    beforeAll(async () => {
      fixture = await createTable(["ds"]);
    });
    afterAll(() => fixture.remove());

    const day = (ds: string, score: number): Promise<StitchedShard> =>
      fixture.shard(`select i as id, '${ds}' as ds, ${score} as score from range(3) r(i)`);
    const rows = (ds: string, score: number): unknown[] => [0, 1, 2].map((id) => [ds, id, score]);
    const intent = (changes: Partial<OutputIntent> = {}): OutputIntent => ({
      runId: "run-2",
      job: "scores",
      ifExists: "overwrite_partitions",
      format: "parquet",
      partitionBy: ["ds"],
      ...changes,
    });

    function it(promise: string, act: (place: TablePlace) => Promise<void>): void {
      test(promise, async (context) => {
        const place = await newPlace(context);
        try {
          await act(place);
        } finally {
          await place.remove();
        }
      });
    }
    const publish = (
      place: TablePlace,
      shards: StitchedShard[],
      changes: Partial<Publication> = {},
    ): Promise<PublishedTable> => publishInto(place.open(), ["ds"], shards, changes);
    const manifestOf = async (place: TablePlace): Promise<TableManifest> =>
      JSON.parse(await place.read("_manifest.json")) as TableManifest;

    async function readAll(place: TablePlace, names: readonly string[]): Promise<unknown[]> {
      const files = await Promise.all(names.map((each) => place.fetch(each)));
      const list = files.map((file) => `'${file.replaceAll("'", "''").replace(/[*?[]/g, "[$&]")}'`).join(", ");
      const reader = `read_parquet([${list}], hive_partitioning = true, hive_types_autocast = false)`;
      return files.length === 0 ? [] : query(`select ds, id::int, score from ${reader} order by all`);
    }
    const visible = async (place: TablePlace): Promise<string[]> =>
      (await place.names()).filter((each) => each.endsWith(".parquet") && !each.startsWith("_"));
    /** What a glob finds is what the manifest says, under both of its names. */
    async function expectTable(place: TablePlace, expected: unknown[]): Promise<void> {
      const { files } = await manifestOf(place);
      expect(await visible(place)).toEqual(files.map(({ path }) => path).sort());
      expect(
        await readAll(
          place,
          files.map(({ path }) => path),
        ),
      ).toEqual(expected);
      expect(
        await readAll(
          place,
          files.map((file) => file.snapshot_path),
        ),
      ).toEqual(expected);
    }
    async function twoDays(place: TablePlace): Promise<void> {
      await publish(place, [await day("2001-01-01", 1), await day("2001-01-02", 1)]);
    }

    describe("that a second run writes", () => {
      it("has the partitions of that run replaced and the others left", async (place) => {
        await twoDays(place);
        await publish(place, [await day("2001-01-02", 2)], { runId: "run-2" });
        await expectTable(place, [...rows("2001-01-01", 1), ...rows("2001-01-02", 2)]);
        expect(await manifestOf(place)).toMatchObject({ version: 2, run_id: "run-2", rows: 6 });
      });

      it("is the same if the run is the same", async (place) => {
        await twoDays(place);
        await twoDays(place);
        await expectTable(place, [...rows("2001-01-01", 1), ...rows("2001-01-02", 1)]);
      });

      it("has its rows added if it appends, and only once", async (place) => {
        await twoDays(place);
        const shard = await day("2001-01-02", 2);
        for (let time = 0; time < 2; time += 1) await publish(place, [shard], { runId: "run-2", ifExists: "append" });
        const both = [0, 1, 2].flatMap((id) => [1, 2].map((score) => ["2001-01-02", id, score]));
        await expectTable(place, [...rows("2001-01-01", 1), ...both]);
      });

      it("is rejected if the job says error, but for the run that wrote the table", async (place) => {
        await twoDays(place);
        await expect(place.open().check(intent({ ifExists: "error" }))).rejects.toMatchObject({
          code: "OUTPUT_EXISTS",
        });
        await place.open().check(intent({ ifExists: "error", runId: "run-1" }));
      });

      it("is rejected if it partitions otherwise or writes another format", async (place) => {
        await twoDays(place);
        for (const other of [{ partitionBy: [] }, { format: "csv" }] as const) {
          await expect(place.open().check(intent(other))).rejects.toMatchObject({ code: "OUTPUT_EXISTS" });
        }
      });

      it("is rejected if it would replace a file that is not ours, which stays", async (place) => {
        await twoDays(place);
        await place.write("ds=2001-01-02/mine.parquet", "mine");
        await expect(publish(place, [await day("2001-01-02", 2)], { runId: "run-2" })).rejects.toMatchObject({
          code: "OUTPUT_EXISTS",
          message: expect.stringContaining("mine.parquet"),
        });
        expect(await place.read("ds=2001-01-02/mine.parquet")).toBe("mine");
        expect((await manifestOf(place)).version).toBe(1);
        const snapshots = (await place.names()).filter((each) => each.startsWith("_scoreframe/"));
        expect(snapshots.every((each) => each.startsWith("_scoreframe/v1-"))).toBe(true);
      });

      it("keeps the former files readable, and the run after it removes them", async (place) => {
        await twoDays(place);
        const before = (await manifestOf(place)).files.map((file) => file.snapshot_path);
        await publish(place, [await day("2001-01-02", 2)], { runId: "run-2" });
        expect(await place.names()).toEqual(expect.arrayContaining(before));
        await publish(place, [await day("2001-01-02", 3)], { runId: "run-3" });
        const names = new Set(await place.names());
        expect(before.map((each) => names.has(each))).toEqual([true, false]);
      });
    });

    describe("at a place that cannot be used", () => {
      it("is rejected if there is something that scoreframe did not write", async (place) => {
        await place.write("notes.txt", "mine");
        await expect(place.open().check(intent({ ifExists: "append" }))).rejects.toMatchObject({
          code: "OUTPUT_EXISTS",
          message: expect.stringContaining("notes.txt"),
        });
      });

      it("passes over what no reader takes for a part of a table", async (place) => {
        for (const name of [".gitkeep", "_SUCCESS"]) await place.write(name, "");
        await place.open().check(intent());
      });

      it("is rejected if its manifest is invalid", async (place) => {
        await place.write("_manifest.json", "{}");
        await expect(place.open().check(intent())).rejects.toMatchObject({ code: "OUTPUT_UNWRITABLE" });
      });
    });

    describe("whose records were changed by someone", () => {
      /** Paths that lead out of the table, or are not paths of ours. */
      const strange = ["../../../precious.txt", "/etc/passwd", "ds=1/../../x", "a\\b", "a//b", "a\0b", ""];

      it("is rejected if its manifest names a file outside of it, which stays", async (place) => {
        await twoDays(place);
        const manifest = await manifestOf(place);
        for (const path of strange) {
          for (const key of ["path", "snapshot_path"] as const) {
            const files = manifest.files.map((file) => ({ ...file, [key]: path }));
            await place.write("_manifest.json", JSON.stringify({ ...manifest, files }));
            await expect(publish(place, [await day("2001-01-02", 2)], { runId: "run-2" })).rejects.toMatchObject({
              code: "OUTPUT_UNWRITABLE",
              message: expect.stringMatching(/_manifest\.json cannot be used: it is not valid at files\.0\..*Restore/),
            });
          }
        }
      });

      it("is rejected if its journal names a file outside of it", async (place) => {
        await twoDays(place);
        for (const path of strange) {
          for (const journal of [
            { version: 1, remove: [path], add: [] },
            { version: 1, remove: [], add: [{ from: path, to: "ds=1/x.parquet" }] },
            { version: 1, remove: [], add: [{ from: "_scoreframe/v1-x/x", to: path }] },
          ]) {
            await place.write("_scoreframe/switch.json", JSON.stringify(journal));
            await expect(place.open().lock("run-2")).rejects.toMatchObject({
              code: "OUTPUT_UNWRITABLE",
              message: expect.stringContaining("switch.json cannot be used"),
            });
          }
        }
        expect((await manifestOf(place)).version).toBe(1);
      });

      it("is rejected, with what to do, if one is garbled", async (place) => {
        await twoDays(place);
        for (const text of ["{", "null", "[]", "{}", '{"format_version": 1, "version": "3", "files": []}']) {
          await place.write("_scoreframe/switch.json", text);
          await expect(place.open().lock("run-2")).rejects.toMatchObject({
            code: "OUTPUT_UNWRITABLE",
            message: expect.stringContaining("Remove the file"),
          });
          await place.write("_manifest.json", text);
          await expect(place.open().check(intent())).rejects.toMatchObject({
            code: "OUTPUT_UNWRITABLE",
            message: expect.stringContaining("Restore the file"),
          });
        }
      });
    });

    describe("with a lock", () => {
      it("keeps a second run out, and names the first", async (place) => {
        const lock = await place.open().lock("run-1");
        await expect(place.open().lock("run-2")).rejects.toMatchObject({
          code: "OUTPUT_BUSY",
          message: expect.stringContaining("run-1"),
          facts: { details: { run_id: "run-1" } },
        });
        await lock.release();
        await (await place.open().lock("run-2")).release();
      });

      it("lets one of many in at a time", async (place) => {
        const tries = await Promise.allSettled(
          Array.from({ length: 16 }, (_, index) => place.open().lock(`run-${index}`)),
        );
        expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
        for (const each of tries) if (each.status === "fulfilled") await each.value.release();
      });

      it("of a dead process has it taken over, by one run only", async (place) => {
        const dead = spawnSync(process.execPath, ["-e", ""]).pid;
        const record = { run_id: "dead", pid: dead, host: hostname(), machine: machineIdentity(), token: "x" };
        await place.write("_scoreframe/lock.json", JSON.stringify(record));
        const tries = await Promise.allSettled(
          Array.from({ length: 8 }, (_, index) => place.open().lock(`run-${index}`)),
        );
        expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
        for (const each of tries) if (each.status === "fulfilled") await each.value.release();
      });

      it("reports to a run that another one has taken its lock", async (place) => {
        const lock = await place.open().lock("run-1");
        await place.write(
          "_scoreframe/lock.json",
          JSON.stringify({ run_id: "run-2", pid: 1, host: "other", token: "x" }),
        );
        await expect(lock.verify()).rejects.toMatchObject({
          code: "OUTPUT_BUSY",
          facts: { details: { run_id: "run-2" } },
        });
        await lock.release();
        expect(JSON.parse(await place.read("_scoreframe/lock.json"))).toMatchObject({ run_id: "run-2" });
      });

      const quick = { heartbeatMs: 60, staleMs: 600, watchMs: 250, pollMs: 20 };
      const foreign = (beat: number, changes: object = {}): string =>
        JSON.stringify({
          run_id: "far",
          pid: process.pid,
          host: hostname(),
          machine: "another container",
          token: "x",
          beat: new Date(beat).toISOString(),
          ...changes,
        });

      it("is waited for by runs that may, one after the other, and each reports the holder", async (place) => {
        const first = await place.open(quick).lock("run-1");
        const holders: string[] = [];
        const waiting = ["run-2", "run-3"].map(async (runId) => {
          const lock = await place
            .open(quick)
            .lock(runId, { waitMs: 30_000, onWait: (holder) => holders.push(holder) });
          await lock.verify();
          await lock.release();
          return runId;
        });
        while (holders.length < 2) await sleep(20);
        expect(holders[0]).toBe(`run run-1 (process ${process.pid} on ${hostname()})`);
        await first.release();
        expect(await Promise.all(waiting)).toEqual(["run-2", "run-3"]);
      });

      it("is waited for no longer than it may be, and not after the run was stopped", async (place) => {
        const first = await place.open(quick).lock("run-1");
        await expect(place.open(quick).lock("run-2", { waitMs: 300 })).rejects.toMatchObject({
          code: "OUTPUT_BUSY",
          message: expect.stringMatching(/run run-1 .*It was waited for/),
        });
        await expect(place.open(quick).lock("run-2")).rejects.toMatchObject({
          message: expect.stringContaining("--wait"),
        });
        const stop = new AbortController();
        const waiting = place.open(quick).lock("run-3", { waitMs: 60_000, signal: stop.signal });
        setTimeout(() => stop.abort(new Error("enough")), 100);
        await expect(waiting).rejects.toThrow();
        await first.release();
      });

      it("of another container of the same host name is not taken from it, whatever process has its number here", async (place) => {
        const dead = spawnSync(process.execPath, ["-e", ""]).pid;
        await place.write("_scoreframe/lock.json", foreign(Date.now(), { pid: dead }));
        await expect(place.open().lock("run-1")).rejects.toMatchObject({ facts: { details: { run_id: "far" } } });
      });

      it("of a process whose number another one has by now is taken over", async (place) => {
        const before = { machine: machineIdentity(), started: "1" };
        await place.write("_scoreframe/lock.json", foreign(Date.now(), before));
        await (await place.open().lock("run-1")).release();
      });

      it("is left to a holder whose clock is minutes away, while it beats", async (place) => {
        for (const minutes of [-5, 5]) {
          let beat = Date.now() + minutes * 60_000;
          const write = (): Promise<void> => place.write("_scoreframe/lock.json", foreign(beat));
          await write();
          let beating = true;
          const heart = (async () => {
            for (; beating; beat += 60) await Promise.all([write(), sleep(60)]);
          })();
          const waiting = place.open(quick).lock("run-1", { waitMs: 1500 });
          await expect(waiting).rejects.toMatchObject({ code: "OUTPUT_BUSY" });
          beating = false;
          await heart;
        }
      });

      it("stops the run whose heartbeat finds another's lock", async (place) => {
        const lock = await place.open(quick).lock("run-1");
        await place.write("_scoreframe/lock.json", foreign(Date.now()));
        if (!lock.lost.aborted) await new Promise((lost) => lock.lost.addEventListener("abort", lost));
        expect(lock.lost.reason).toMatchObject({ code: "OUTPUT_BUSY", facts: { details: { run_id: "far" } } });
        await lock.release();
        expect(JSON.parse(await place.read("_scoreframe/lock.json"))).toMatchObject({ run_id: "far" });
      });

      it("has nothing left of a run that published nothing", async (place) => {
        const output = place.open();
        const lock = await output.lock("run-1");
        await (await output.stage("run-1")).discard();
        await lock.release();
        expect(await place.names()).toEqual([]);
      });
    });

    describe("that is repaired", () => {
      it("has the files again that globs did not find, and none of the former version", async (place) => {
        await twoDays(place);
        const former = await manifestOf(place);
        await publish(place, [await day("2001-01-02", 2)], { runId: "run-2" });
        const [, second] = (await manifestOf(place)).files;
        const [, was] = former.files;
        // A paused writer has put one back, and something has removed another.
        await place.copy(was?.snapshot_path ?? "", was?.path ?? "");
        await place.delete(second?.path ?? "");
        expect(await place.open().repair()).toMatchObject({ version: 2, restored: 1, removed: 1, completed: 0 });
        await expectTable(place, [...rows("2001-01-01", 1), ...rows("2001-01-02", 2)]);
        expect(await place.open().repair()).toMatchObject({ version: 2, restored: 0, removed: 0, rolled_back: 0 });
      });

      it("loses nothing that scoreframe did not write, wherever it is", async (place) => {
        await twoDays(place);
        const names = ["ds=2001-01-02/mine.txt", "_scoreframe/notes.txt", "_scoreframe/v1-mine/data.txt", "_mine/x"];
        for (const name of names) await place.write(name, "mine");
        await place.open().repair();
        await (await place.open().lock("run-2")).release();
        expect(await place.names()).toEqual(expect.arrayContaining(names));
      });

      it("is rejected if a file is gone under both of its names, or there is no table", async (place) => {
        await expect(place.open().repair()).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
        await place.write("notes.txt", "mine");
        await expect(place.open().repair()).rejects.toMatchObject({ code: "TABLE_NOT_FOUND" });
        expect(await place.names()).toEqual(["notes.txt"]);
        await place.delete("notes.txt");
        await twoDays(place);
        const [first] = (await manifestOf(place)).files;
        await place.delete(first?.path ?? "");
        await place.delete(first?.snapshot_path ?? "");
        await expect(place.open().repair()).rejects.toMatchObject({
          code: "STORAGE_FAILED",
          message: expect.stringContaining(first?.path ?? "none"),
        });
      });
    });

    describe("with a journal that someone planted", () => {
      it("loses no file of the table and none of others", async (place) => {
        await twoDays(place);
        const { publication, files } = await manifestOf(place);
        await place.write("ds=2001-01-01/mine-v1.parquet", "mine");
        const paths = [...files.map((file) => file.path), "ds=2001-01-01/mine-v9.parquet"];
        const snapshots = files.map((file) => file.snapshot_path);
        for (const name of [publication, "v9-planted-00000000"]) {
          const add = paths.map((to) => ({ from: `_scoreframe/${name}/ds=2001-01-01/x.data`, to }));
          const journal = {
            version: 1,
            publication: name,
            remove: paths,
            add: name === publication ? [] : add,
            prune: snapshots,
          };
          await place.write(`_scoreframe/switch/${name}.json`, JSON.stringify(journal));
        }
        await (await place.open().lock("run-2")).release();
        await place.open().repair();
        expect(await place.read("ds=2001-01-01/mine-v1.parquet")).toBe("mine");
        await place.delete("ds=2001-01-01/mine-v1.parquet");
        await expectTable(place, [...rows("2001-01-01", 1), ...rows("2001-01-02", 1)]);
      });
    });

    it("has rows of any value in the partition that Hive names so", async (place) => {
      const values = "['a/b=c%', 'ü x', '.', '*[1]?', '', null, 'a+b&c', '日本 😀', 'it''s;#']";
      await publish(place, [
        await fixture.shard(`select i as id, ${values}[1 + i] as ds, 1 as score from range(9) r(i)`),
      ]);
      expect(new Set((await visible(place)).map((each) => each.split("/")[0]))).toEqual(
        new Set([
          "ds=%2A%5B1%5D%3F",
          "ds=.",
          "ds=__HIVE_DEFAULT_PARTITION__",
          "ds=a%2Fb%3Dc%25",
          "ds=ü x",
          "ds=a+b&c",
          "ds=日本 😀",
          "ds=it%27s;%23",
        ]),
      );
      const read = await readAll(place, await visible(place));
      const found = new Map(read.map((row) => [(row as unknown[])[1], (row as unknown[])[0]]));
      expect([...Array(9).keys()].map((id) => found.get(id))).toEqual([
        "a/b=c%",
        "ü x",
        ".",
        "*[1]?",
        null,
        null,
        "a+b&c",
        "日本 😀",
        "it's;#",
      ]);
    });

    it("is empty, with its types, if a run has no rows", async (place) => {
      await publishInto(place.open(), [], [], { emptySchema: [{ name: "id", type: "Int64" }] });
      const [only = ""] = await visible(place);
      const file = (await place.fetch(only)).replaceAll("'", "''").replace(/[*?[]/g, "[$&]");
      expect(
        await query(
          `select column_name, column_type from (describe from read_parquet('${file}', hive_partitioning = false))`,
        ),
      ).toEqual([["id", "BIGINT"]]);
    });

    it("is published in any format", async (place) => {
      await publish(place, [await day("2001-01-01", 1)], { format: "jsonl" });
      const [only = ""] = (await place.names()).filter((each) => each.endsWith(".jsonl"));
      expect(only).toMatch(/^ds=2001-01-01\//);
      expect((await place.read(only)).split("\n")[0]).toBe('{"id":0,"score":1}');
    });
  });
}
