import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import type { TestContext } from "vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createObjectOutput } from "../../src/adapters/table-output/objects/object-output.ts";
import type { LockTiming } from "../../src/adapters/table-output/table-lock.ts";
import type { StitchedShard } from "../../src/core/domain/stitched-shard.ts";
import type { TableManifest } from "../../src/core/domain/table-manifest.ts";
import type { ObjectStore } from "../../src/core/ports/object-store.ts";
import { describeOutput } from "../adapters/table-output/describe-output.ts";
import type { TableFixture } from "../core/publish/table-fixture.ts";
import { createTable, publishInto, query } from "../core/publish/table-fixture.ts";
import type { ObjectPlace } from "./support/object-place.ts";
import { objectPlace } from "./support/object-place.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

const ROWS = 12;
const children = new Set<ChildProcess>();
let fixture: TableFixture;
/** The table in three states: every row has the same generation in each. */
let generations: readonly StitchedShard[];
let scratch: string;

beforeAll(async () => {
  fixture = await createTable(["part"]);
  const generation = (number: number): Promise<StitchedShard> =>
    fixture.shard(`select i as id, i % 2 as part, ${number} as generation from range(${ROWS}) r(i)`);
  generations = [await generation(0), await generation(1), await generation(2)];
  writeFileSync(join(fixture.base, "shards.json"), JSON.stringify(generations));
  scratch = await mkdtemp(join(tmpdir(), "s3-table-"));
  process.env["TMPDIR"] = scratch;
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await fixture.remove();
  await rm(scratch, { recursive: true, force: true });
});

for (const server of S3_SERVERS) describeOutput(server, (context) => objectPlace(context, server));

const publish = (store: ObjectStore, turn: number, timing?: LockTiming): Promise<unknown> =>
  publishInto(createObjectOutput(store, { now: Date.now }, timing), ["part"], [generations[turn] as StitchedShard], {
    runId: `run-${turn}`,
  });

async function generationsIn(place: ObjectPlace, keys: readonly string[]): Promise<unknown> {
  const files = await Promise.all(keys.map((key) => place.fetch(key)));
  const list = files.map((file) => `'${file}'`).join(", ");
  return (
    await query(`select count(*)::int, count(distinct id)::int, list(distinct generation) from read_parquet([${list}])`)
  )[0];
}

async function manifestOf(place: ObjectPlace): Promise<TableManifest | null> {
  const found = await place.store.readText("_manifest.json");
  return found === null ? null : (JSON.parse(found.text) as TableManifest);
}

/** As the documentation says; a reader whose files went before they were opened has missed two publications and starts again. */
async function readByManifest(place: ObjectPlace): Promise<unknown> {
  const manifest = await manifestOf(place);
  if (manifest === null) return null;
  try {
    return await generationsIn(
      place,
      manifest.files.map((file) => file.snapshot_path),
    );
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "OBJECT_NOT_FOUND" });
    expect((await manifestOf(place))?.version).toBeGreaterThanOrEqual(manifest.version + 2);
    return null;
  }
}

/** As an engine reads a prefix: lists the names, then opens them. Null if one went in between. */
async function readByGlob(place: ObjectPlace): Promise<unknown> {
  const keys = (await place.names()).filter((key) => key.endsWith(".parquet"));
  if (keys.length === 0) return null;
  try {
    return await generationsIn(place, keys);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "OBJECT_NOT_FOUND" });
    return null;
  }
}

function expectNoRowTwice(read: unknown): void {
  if (read !== null) expect((read as unknown[])[0]).toBe((read as unknown[])[1]);
}

describe.each(S3_SERVERS)("a publication on %s", (server) => {
  const newPlace = (context: TestContext): Promise<ObjectPlace> => objectPlace(context, server);
  const whole = (generation: number): unknown => [ROWS, ROWS, [generation]];

  it("is in a folder of its run below each partition, and in the run's snapshot", async (context) => {
    const place = await newPlace(context);
    await publish(place.store, 0);
    const { publication } = (await manifestOf(place)) as TableManifest;
    expect(publication).toMatch(/^v1-run-0-[0-9a-f]{8}$/);
    expect(await place.names()).toEqual([
      "_manifest.json",
      ...[0, 1].map((part) => `_scoreframe/${publication}/part=${part}/part-00000.parquet.data`),
      ...[0, 1].map((part) => `part=${part}/run=run-0/part-00000-run-0-v1.parquet`),
    ]);
    expect(await readdir(scratch).then((names) => names.filter((name) => name.startsWith("scoreframe")))).toEqual([]);
  });

  it("names the run's folder otherwise if the table has a column of that name", async (context) => {
    const place = await newPlace(context);
    const shard = { ...(await fixture.shard("select 1 as id, 5 as run, 0 as part")) };
    await publishInto(place.open(), ["part"], [shard], { runId: "run-1" });
    expect((await place.names()).at(-1)).toBe("part=0/scoreframe_run=run-1/part-00000-run-1-v1.parquet");
  });

  it("is not hindered by the empty objects that mark folders", async (context) => {
    const place = await newPlace(context);
    for (const marker of ["", "part=0/", "part=1_$folder$"]) {
      // versitygw keeps no such objects.
      await place.store.writeText(marker, "").catch(() => undefined);
    }
    await publish(place.store, 0);
    await publish(place.store, 1);
    expect(await readByManifest(place)).toEqual(whole(1));
  });

  it("that breaks off at any step leaves the former table or the new one, and the next run completes it", async (context) => {
    for (let step = 1; ; step += 1) {
      const place = await newPlace(context);
      await publish(place.store, 0);
      const breaking = breakAt(place.store, step);
      const failed = await publish(breaking.store, 1).then(
        () => false,
        () => true,
      );
      const [byManifest, byGlob] = [await readByManifest(place), await readByGlob(place)];
      expect([whole(0), whole(1)]).toContainEqual(byManifest);
      expectNoRowTwice(byGlob);
      // The process died: its lock is that of a process that is no more.
      await place.store.remove(["_scoreframe/lock.json"]);
      await (await place.open().lock("next")).release();
      expect(await readByGlob(place)).toEqual(byManifest);
      await publish(place.store, 2);
      expect([await readByManifest(place), await readByGlob(place)]).toEqual([whole(2), whole(2)]);
      const versions = new Set((await place.names()).flatMap((key) => /^_scoreframe\/(v\d+)-/.exec(key)?.[1] ?? []));
      expect(versions.size).toBe(2);
      expect((await place.names()).filter((key) => key.startsWith("_scoreframe/switch"))).toEqual([]);
      if (!breaking.hasBroken()) {
        expect(failed).toBe(false);
        expect(step).toBeGreaterThan(10);
        return;
      }
    }
  });

  it("whose manifest was replaced although the answer was lost is published", async (context) => {
    const place = await newPlace(context);
    await publish(place.store, 0);
    const losing: ObjectStore = {
      ...place.store,
      async writeText(key, text, condition, signal) {
        const etag = await place.store.writeText(key, text, condition, signal);
        if (key === "_manifest.json") throw new Error("the connection was closed");
        // What a client that asks again gets: the condition does not hold any more.
        return key === "_scoreframe/lock.json" ? null : etag;
      },
    };
    await publish(losing, 1);
    expect([await readByManifest(place), await readByGlob(place)]).toEqual([whole(1), whole(1)]);
  });

  it("is rejected if another run has published in the meantime", async (context) => {
    const place = await newPlace(context);
    await publish(place.store, 0);
    const overtaken: ObjectStore = {
      ...place.store,
      async writeText(key, text, condition, signal) {
        if (key === "_manifest.json") await place.store.writeText(key, `${(await place.read(key)).trimEnd()}  \n`);
        return place.store.writeText(key, text, condition, signal);
      },
    };
    await expect(publish(overtaken, 1)).rejects.toMatchObject({ code: "OUTPUT_BUSY" });
    expect([await readByManifest(place), await readByGlob(place)]).toEqual([whole(0), whole(0)]);
    expect((await place.names()).filter((key) => key.startsWith("_scoreframe/"))).toHaveLength(2);
  });

  it("that is stopped leaves no part of an upload, no object and nothing here", async (context) => {
    const place = await newPlace(context);
    const stop = new AbortController();
    const output = place.open();
    const lock = await output.lock("run-1");
    const staging = await output.stage("run-1", stop.signal);
    const path = join(staging.folder, "part-00000.parquet.data");
    writeFileSync(path, Buffer.alloc(60_000_000, 7));
    const file = { path, folder: "", partition: {}, rows: 1, bytes: 60_000_000 };
    await staging.add(file);
    setTimeout(() => stop.abort(new Error("enough")), 30);
    const intent = { runId: "run-1", job: "j", ifExists: "append", format: "parquet", partitionBy: [] } as const;
    await expect(staging.switchIn(intent, [file], [], lock)).rejects.toThrow("enough");
    await staging.discard();
    await lock.release();
    expect(await place.names()).toEqual([]);
    const [bucket = ""] = place.address.slice("s3://".length).split("/");
    const { Uploads = [] } = await createS3Client().send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
    expect((await readdir(scratch)).filter((name) => name.startsWith("scoreframe"))).toEqual([]);
  });

  it("by another process is seen whole by manifest, and never twice by glob", async (context) => {
    const place = await newPlace(context);
    const writer = publishing(place.address, 12);
    let reads = 0;
    while (writer.exitCode === null) {
      const read = await readByManifest(place);
      if (read !== null) expect(read).toEqual([ROWS, ROWS, [expect.any(Number)]]);
      expectNoRowTwice(await readByGlob(place));
      reads += read === null ? 0 : 1;
    }
    expect(writer.exitCode).toBe(0);
    expect(reads).toBeGreaterThan(0);
    expect((await manifestOf(place))?.version).toBe(12);
  });

  it("by a process that is killed at any moment leaves a whole table, and the next one completes its switch", async (context) => {
    const place = await newPlace(context);
    for (let round = 0; round < 4; round += 1) {
      const writer = publishing(place.address, 1000);
      await once(writer.stdout as NodeJS.EventEmitter, "data");
      await sleep(60 + 71 * round);
      writer.kill("SIGKILL");
      await once(writer, "exit");
      const byManifest = await readByManifest(place);
      expect(byManifest).toEqual([ROWS, ROWS, [expect.any(Number)]]);
      expectNoRowTwice(await readByGlob(place));
      await (await place.open().lock("next")).release();
      expect(await readByGlob(place)).toEqual(byManifest);
    }
  });

  function publishing(address: string, count: number): ChildProcess {
    const script = join(import.meta.dirname, "../adapters/table-output/publish-loop.ts");
    const child = spawn(process.execPath, [script, address, join(fixture.base, "shards.json"), String(count)], {
      stdio: ["ignore", "pipe", "inherit"],
      // What a killed process leaves is no other test's.
      env: { ...process.env, TMPDIR: fixture.base },
    });
    children.add(child);
    child.stdout?.resume();
    return child;
  }
});

describe.each(S3_SERVERS)("the lock of a run on another machine, on %s", (server) => {
  const timing: LockTiming = { heartbeatMs: 100, staleMs: 1000, watchMs: 400, pollMs: 50 };
  const open = (place: ObjectPlace) => createObjectOutput(place.store, { now: Date.now }, timing);
  const foreignLock = (place: ObjectPlace, ago: number): Promise<void> => {
    const beat = new Date(Date.now() - ago).toISOString();
    const record = { run_id: "far", pid: 1, host: "elsewhere", machine: "another", token: "x", beat };
    return place.write("_scoreframe/lock.json", JSON.stringify(record));
  };

  it("is left to it while it has been heard of", async (context) => {
    const place = await objectPlace(context, server);
    await foreignLock(place, 0);
    await expect(open(place).lock("run-1")).rejects.toMatchObject({
      code: "OUTPUT_BUSY",
      message: expect.stringMatching(/run far .*elsewhere/),
    });
  });

  it("is taken over if it has been silent for long", async (context) => {
    const place = await objectPlace(context, server);
    await foreignLock(place, 60_000);
    const tries = await Promise.allSettled([1, 2, 3, 4].map((index) => open(place).lock(`run-${index}`)));
    expect(tries.filter((each) => each.status === "fulfilled")).toHaveLength(1);
    for (const each of tries) if (each.status === "fulfilled") await each.value.release();
  });

  it("is left to it if only its clock is wrong: it still beats", async (context) => {
    const place = await objectPlace(context, server);
    await foreignLock(place, 60_000);
    const trying = open(place).lock("run-1");
    trying.catch(() => undefined);
    await sleep(100);
    await foreignLock(place, 59_900);
    await expect(trying).rejects.toMatchObject({ code: "OUTPUT_BUSY" });
  });

  it("is taken over if it is unreadable and does not change", async (context) => {
    const place = await objectPlace(context, server);
    await place.write("_scoreframe/lock.json", "half of a lo");
    await (await open(place).lock("run-1")).release();
    expect(await place.names()).toEqual([]);
  });

  it("beats as long as it is held", async (context) => {
    const place = await objectPlace(context, server);
    const lock = await open(place).lock("run-1");
    const first = await place.read("_scoreframe/lock.json");
    await sleep(1500);
    expect(await place.read("_scoreframe/lock.json")).not.toBe(first);
    await lock.verify();
    await lock.release();
    expect(await place.names()).toEqual([]);
  });
});

/** A store that fails from its nth change on, as one whose process dies there. */
function breakAt(store: ObjectStore, step: number): { store: ObjectStore; hasBroken(): boolean } {
  let changes = 0;
  const change = <Args extends unknown[], Answer>(act: (...args: Args) => Promise<Answer>) => {
    return async (...args: Args): Promise<Answer> => {
      changes += 1;
      if (changes >= step) throw new Error("the process died");
      return act(...args);
    };
  };
  const { writeText, upload, copy, remove } = store;
  return {
    store: {
      ...store,
      writeText: change(writeText),
      upload: change(upload),
      copy: change(copy),
      remove: change(remove),
    },
    hasBroken: () => changes >= step,
  };
}
