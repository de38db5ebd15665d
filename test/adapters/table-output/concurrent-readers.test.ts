import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolderOutput } from "../../../src/adapters/table-output/folder/folder-output.ts";
import type { TableManifest } from "../../../src/core/domain/table-manifest.ts";
import type { TableFixture } from "../../core/publish/table-fixture.ts";
import { createTable, query } from "../../core/publish/table-fixture.ts";

const PARTS = 4;
const ROWS = 40;
const children = new Set<ChildProcess>();
let fixture: TableFixture;
let shardsFile: string;

beforeAll(async () => {
  fixture = await createTable(["part"]);
  const generation = (number: number): Promise<unknown> =>
    fixture.shard(`select i as id, i % ${PARTS} as part, ${number} as generation from range(${ROWS}) r(i)`);
  shardsFile = join(fixture.base, "shards.json");
  writeFileSync(shardsFile, JSON.stringify([await generation(0), await generation(1), await generation(2)]));
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await fixture.remove();
});

test("while another process publishes, a manifest is all of one run and a glob never finds a row twice", async () => {
  const table = join(fixture.base, "busy");
  const writer = publishing(table, 60);
  let manifests = 0;
  let globs = 0;
  while (writer.exitCode === null) {
    if (await readsByManifest(table)) manifests += 1;
    if (await readsByGlob(table)) globs += 1;
  }
  expect(writer.exitCode).toBe(0);
  expect(manifests).toBeGreaterThan(0);
  expect(globs).toBeGreaterThan(0);
  expect(manifestOf(table)?.version).toBe(60);
}, 60_000);

test("a writer that is killed at any moment leaves a whole table, and the next one completes its switch", async () => {
  const table = join(fixture.base, "killed");
  for (let round = 0; round < 5; round += 1) {
    const writer = publishing(table, 1000);
    await once(writer.stdout as NodeJS.EventEmitter, "data");
    await new Promise((wait) => setTimeout(wait, 40 + 37 * round));
    writer.kill("SIGKILL");
    await once(writer, "exit");
    expect(await readsByManifest(table)).toBe(true);
    await readsByGlob(table);
    const lock = await createFolderOutput(table, { now: Date.now }).lock("next");
    await lock.release();
    const found = await query(`select count(*)::int, count(distinct generation)::int from '${table}/**/*.parquet'`);
    expect(found).toEqual([[ROWS, 1]]);
  }
}, 60_000);

function publishing(table: string, count: number): ChildProcess {
  const script = join(import.meta.dirname, "publish-loop.ts");
  const child = spawn(process.execPath, [script, table, shardsFile, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.add(child);
  child.stdout?.resume();
  return child;
}

function manifestOf(table: string): TableManifest | null {
  const path = join(table, "_manifest.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as TableManifest) : null;
}

/** Reads as docs/reference/output.md says. Snapshots outlive the publication after theirs: only a reader who missed two starts again. */
async function readsByManifest(table: string): Promise<boolean> {
  const manifest = manifestOf(table);
  if (manifest === null) return false;
  const files = manifest.files.map((file) => `'${join(table, file.snapshot_path)}'`).join(", ");
  try {
    const rows = await query(`select count(*)::int, count(distinct generation)::int from read_parquet([${files}])`);
    expect(rows).toEqual([[ROWS, 1]]);
    return true;
  } catch (thrown) {
    if ((manifestOf(table)?.version ?? 0) >= manifest.version + 2) return false;
    throw thrown;
  }
}

/** A glob lists files and then opens them; one that goes in between is the reader's to try again. */
async function readsByGlob(table: string): Promise<boolean> {
  const glob = `'${table}/**/*.parquet'`;
  let rows: unknown[];
  try {
    rows = await query(`select count(*)::int, count(distinct id)::int from ${glob}`);
  } catch (thrown) {
    expect(String(thrown)).toMatch(/No such file|No files found|Cannot open file/);
    return false;
  }
  const [count, distinct] = rows[0] as [number, number];
  expect(count).toBe(distinct);
  return true;
}
