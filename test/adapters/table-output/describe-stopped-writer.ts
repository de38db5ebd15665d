import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestContext } from "vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StitchedShard } from "../../../src/core/domain/stitched-shard.ts";
import type { TableManifest } from "../../../src/core/domain/table-manifest.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable, publishInto, query } from "../../core/publish/table-fixture.ts";
import type { TablePlace } from "./table-place.ts";

const ROWS = 40;
/** A lock is taken over when its holder was silent for a moment. */
const TIMING = { heartbeatMs: 100, staleMs: 400, watchMs: 250, pollMs: 25 };
/** Steps that are tried at a time. */
const AT_A_TIME = 4;

/** A writer that is paused or killed before any step of its publication does no harm: neither when it goes on after another one, nor to readers. */
export function describeStoppedWriter(name: string, newPlace: (context: TestContext) => Promise<TablePlace>): void {
  describe(`a writer that stops before a step of its publication, in ${name}`, () => {
    const children = new Set<ChildProcess>();
    let fixture: TableFixture;
    let shards: StitchedShard[];
    beforeAll(async () => {
      fixture = await createTable(["part"]);
      const generation = (number: number): Promise<StitchedShard> =>
        fixture.shard(`select i as id, i % 2 as part, ${number} as generation from range(${ROWS}) r(i)`);
      shards = [await generation(0), await generation(1), await generation(2)];
      writeFileSync(join(fixture.base, "shards.json"), JSON.stringify(shards));
    });
    afterAll(async () => {
      for (const child of children) child.kill("SIGKILL");
      await fixture.remove();
    });

    const publish = (place: TablePlace, generation: number, runId: string): Promise<unknown> =>
      publishInto(place.open(TIMING), ["part"], [shards[generation] as StitchedShard], { runId });
    const manifestOf = async (place: TablePlace): Promise<TableManifest> =>
      JSON.parse(await place.read("_manifest.json")) as TableManifest;

    /** The rows, the distinct rows and the generations that a reader finds. */
    async function read(place: TablePlace, names: readonly string[]): Promise<unknown> {
      const files = await Promise.all(names.map((each) => place.fetch(each)));
      const list = files.map((file) => `'${file.replaceAll(/[*?[]/g, "[$&]")}'`).join(", ");
      const counts = "count(*)::int, count(distinct id)::int, list(distinct generation)";
      return (await query(`select ${counts} from read_parquet([${list}])`))[0];
    }
    async function readBoth(place: TablePlace): Promise<{ byManifest: unknown; byGlob: unknown }> {
      const { files } = await manifestOf(place);
      const visible = (await place.names()).filter((each) => each.endsWith(".parquet"));
      const snapshots = files.map((file) => file.snapshot_path);
      return { byManifest: await read(place, snapshots), byGlob: await read(place, visible) };
    }
    const whole = (generation: number): object => {
      const found = [ROWS, ROWS, [generation]];
      return { byManifest: found, byGlob: found };
    };

    function startWriter(
      place: TablePlace,
      step: number,
      signal: NodeJS.Signals = "SIGSTOP",
    ): { child: ChildProcess; output: () => string } {
      const script = join(import.meta.dirname, "stopping-writer-main.ts");
      const args = [script, place.address, join(fixture.base, "shards.json"), "1", String(step), signal];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      children.add(child);
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      return { child, output: () => text };
    }

    /** False if the publication has no such step. */
    async function tryStep(place: TablePlace, step: number): Promise<boolean> {
      await publish(place, 0, "first");
      const { child, output } = startWriter(place, step);
      const exit = once(child, "exit");
      while (!output().includes("stopped") && child.exitCode === null) await sleep(20);
      if (!output().includes("stopped")) {
        expect(output()).toMatch(/^published/);
        return false;
      }
      await sleep(TIMING.staleMs + 100);
      await publish(place, 2, "other");
      const { version } = await manifestOf(place);
      expect(await readBoth(place), `step ${step}`).toEqual(whole(2));

      child.kill("SIGCONT");
      await exit;
      const after = await manifestOf(place);
      // If it had not begun yet, it published after the other, as any run may.
      const isLater = after.version > version && after.run_id === "zombie";
      if (!isLater) expect(after, `step ${step}: ${output()}`).toMatchObject({ version, run_id: "other" });
      expect(await readBoth(place), `step ${step}: ${output()}`).toEqual(whole(isLater ? 1 : 2));
      await publish(place, 0, "last");
      expect(await readBoth(place), `step ${step}: ${output()}`).toEqual(whole(0));
      const records = (await place.names()).filter((each) => /^_scoreframe\/(switch|lock)/.test(each));
      expect(records, `step ${step}: ${output()}`).toEqual([]);
      return true;
    }

    /** The generation that is read after the writer was killed and the table repaired; null if the publication has no such step. */
    async function killAtStep(place: TablePlace, step: number): Promise<number | null> {
      await publish(place, 0, "first");
      const { child, output } = startWriter(place, step, "SIGKILL");
      const [exitCode] = await once(child, "exit");
      if (exitCode === 0) {
        expect(output()).toMatch(/^published/);
        return null;
      }
      await sleep(TIMING.staleMs + 100);
      await place.open(TIMING).repair();
      const { run_id } = await manifestOf(place);
      const generation = run_id === "first" ? 0 : 1;
      expect(await readBoth(place), `step ${step}`).toEqual(whole(generation));
      const records = (await place.names()).filter((each) => /^_scoreframe\/(switch|lock)\.json$/.test(each));
      expect(records, `step ${step}`).toEqual([]);
      await publish(place, 2, "next");
      expect(await readBoth(place), `step ${step}`).toEqual(whole(2));
      return generation;
    }

    test("that is killed leaves a table that a repair makes whole, by manifest and by glob, whatever the step", async (context) => {
      let step = 1;
      let isOver = false;
      const generations = new Set<number>();
      const work = async (): Promise<void> => {
        while (!isOver) {
          const place = await newPlace(context);
          try {
            const generation = await killAtStep(place, step++);
            if (generation === null) isOver = true;
            else generations.add(generation);
          } finally {
            await place.remove();
          }
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      // Before the manifest is switched the former table is the table, after it the new one.
      expect([...generations].sort()).toEqual([0, 1]);
      expect(step).toBeGreaterThan(10);
    }, 300_000);

    test("that goes on publishes nothing late, removes nothing and leaves nothing, whatever the step", async (context) => {
      let step = 1;
      let isOver = false;
      const work = async (): Promise<void> => {
        while (!isOver) {
          const place = await newPlace(context);
          try {
            isOver = !(await tryStep(place, step++)) || isOver;
          } finally {
            await place.remove();
          }
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      expect(step).toBeGreaterThan(10);
    }, 300_000);
  });
}
