import { execFile } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SourceBench } from "../source-bench.ts";
import { openSourceBench } from "../source-bench.ts";

let bench: SourceBench;

beforeEach(async () => {
  bench = await openSourceBench();
  for (const day of ["2024-05-01", "2024-05-02"]) {
    await mkdir(join(bench.folder, "data", `ds=${day}`), { recursive: true });
    await bench.write(`data/ds=${day}/f.csv`, `id\n${day.slice(-1)}\n`);
  }
});

afterEach(() => bench.close());

async function read(path: string) {
  return (await bench.extract(bench.sql("FROM t ORDER BY ALL", { t: path }))).values;
}

async function failure(path: string) {
  return bench.failure(bench.sql("FROM t", { t: path }));
}

const ROWS = [
  [1n, new Date("2024-05-01")],
  [2n, new Date("2024-05-02")],
];

test("a link to a folder or file of the table adds no row, and its own name is the one that is read", async () => {
  await symlink("ds=2024-05-02", join(bench.folder, "data", "ds=0-latest"));
  await symlink("f.csv", join(bench.folder, "data", "ds=2024-05-01", "a.csv"));

  for (const path of ["data", "data/*/*.csv", "data/**/*.csv", "data/**"]) expect(await read(path), path).toEqual(ROWS);
});

test("a link out of the folder is followed, and two links to one file are one file", async () => {
  await bench.write("elsewhere.csv", "id\n3\n");
  await mkdir(join(bench.folder, "data", "ds=2024-05-03"));
  await symlink(join(bench.folder, "elsewhere.csv"), join(bench.folder, "data", "ds=2024-05-03", "g.csv"));
  await symlink(join(bench.folder, "elsewhere.csv"), join(bench.folder, "data", "ds=2024-05-03", "h.csv"));

  expect(await read("data")).toEqual([...ROWS, [3n, new Date("2024-05-03")]]);
});

test.each(["data", "data/*/*.csv", "data/ds=2024-05-02/gone.csv"])(
  "a link that leads nowhere is named with what it leads to: %s",
  async (path) => {
    await symlink("/mnt/gone/g.csv", join(bench.folder, "data", "ds=2024-05-02", "gone.csv"));

    const error = await failure(path);

    expect(error.code).toBe("TABLE_UNREADABLE");
    expect(error.message).toContain(
      `(${join(bench.folder, "data", "ds=2024-05-02", "gone.csv")}) cannot be read: it is a symbolic link to /mnt/gone/g.csv, which does not exist`,
    );
  },
);

test("a link that leads back is named", async () => {
  await symlink("..", join(bench.folder, "data", "ds=2024-05-01", "up"));
  expect((await failure("data")).message).toMatch(
    /up\) cannot be read: it is a symbolic link to .*data, a folder that contains it/,
  );

  await symlink("../..", join(bench.folder, "data", "ds=2024-05-02", "top"));
  expect((await failure("data/ds=2024-05-02")).message).toContain("top) cannot be read: it is a symbolic link to");

  await symlink("self", join(bench.folder, "self"));
  expect((await failure("self")).message).toContain("it is a symbolic link to self, which leads back to it");
});

test("what is neither a file nor a folder is passed over in a folder, and named if it is the path", async () => {
  const fifo = join(bench.folder, "data", "ds=2024-05-01", "pipe.csv");
  await promisify(execFile)("mkfifo", [fifo]);

  expect(await read("data")).toEqual(ROWS);
  expect((await failure(fifo)).message).toContain("it is neither a file nor a folder");
});

test("a wildcard finds no hidden file, and a name that begins like one does", async () => {
  await mkdir(join(bench.folder, "data", "_scoreframe"));
  await bench.write("data/_scoreframe/f.csv", "id\n9\n");
  await bench.write("data/ds=2024-05-01/.f.csv", "id\n9\n");

  expect(await read("data/**/*.csv")).toEqual(ROWS);
  expect(await read("data/_scoreframe/*.csv")).toEqual([[9n]]);
  expect((await read("data/_*/*.csv")).length).toBe(1);
});
