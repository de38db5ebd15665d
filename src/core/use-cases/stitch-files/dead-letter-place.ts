import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectStore } from "../../ports/object-store.ts";

/** Where the rows that `stitch` could not pair are kept: the files of each run, and a record that names them. */
export type DeadLetterPlace = {
  /** As a person would write it. */
  readonly location: string;
  /** Moves files of this machine there. */
  keep(files: readonly DeadLetterFile[], runId: string): Promise<void>;
  /** Removes the files that the records of other runs name, and no other file. */
  removeOthers(runId: string): Promise<void>;
};

export type DeadLetterFile = { readonly path: string; readonly name: string };

const RECORD = /^_stitch-([\w-]+)\.json$/;
/** Most characters of a part of a name; file systems allow 255 bytes. */
const MOST_CHARACTERS = 60;

/** Names of one run are not those of another, so that those of the time before stay until they are removed. */
export function deadLetterName(request: string, runId: string): string {
  return `${request.split("/").map(safePart).join("/")}.${runId}.parquet`;
}

/** A key of an object store may hold what no file can be named. */
function safePart(part: string): string {
  if (!/^\.{0,2}$/.test(part) && part.length <= MOST_CHARACTERS) return part;
  const digest = createHash("sha256").update(part).digest("hex").slice(0, 12);
  return `${part.replaceAll(/^\.+/g, "").slice(0, MOST_CHARACTERS)}-${digest}`;
}

function recordName(runId: string): string {
  return `_stitch-${runId}.json`;
}

function recordText(files: readonly DeadLetterFile[]): string {
  return `${JSON.stringify({ files: files.map(({ name }) => name) }, null, 2)}\n`;
}

/** The files that a record names; those that no run of this id can have written are left out. */
function filesOf(text: string, runId: string): string[] {
  try {
    const { files } = JSON.parse(text) as { readonly files?: unknown };
    if (!Array.isArray(files)) return [];
    return files.filter((name): name is string => typeof name === "string" && isOf(name, runId));
  } catch {
    return [];
  }
}

function isOf(name: string, runId: string): boolean {
  return name.endsWith(`.${runId}.parquet`) && !name.split("/").some((part) => /^\.{0,2}$|[\\\0]/.test(part));
}

/** Run ids of records among names, except one. */
function otherRuns(names: readonly string[], runId: string): string[] {
  return names.flatMap((name) => RECORD.exec(name)?.[1] ?? []).filter((id) => id !== runId);
}

/** A folder on the file system of the files that it is given. */
export function deadLetterFolder(folder: string): DeadLetterPlace {
  return {
    location: folder,
    async keep(files, runId) {
      if (files.length === 0) return;
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, recordName(runId)), recordText(files));
      for (const { path, name } of files) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await rename(path, join(folder, name));
      }
    },
    async removeOthers(runId) {
      for (const other of otherRuns(await readdir(folder).catch(() => []), runId)) {
        const files = filesOf(await readFile(join(folder, recordName(other)), "utf8"), other);
        for (const name of files) await rm(join(folder, name), { force: true });
        await rm(join(folder, recordName(other)), { force: true });
        await removeEmpty(folder, files);
      }
    },
  };
}

/** The folders of files that are gone, if nothing else is in them. */
async function removeEmpty(root: string, files: readonly string[]): Promise<void> {
  for (const folder of new Set(files.map((name) => dirname(name)))) {
    for (let each = folder; each !== "."; each = dirname(each)) await rmdir(join(root, each)).catch(() => undefined);
  }
}

export function deadLetterObjects(store: ObjectStore, signal: AbortSignal): DeadLetterPlace {
  return {
    location: store.location,
    async keep(files, runId) {
      if (files.length === 0) return;
      await store.writeText(recordName(runId), recordText(files), undefined, signal);
      for (const { path, name } of files) {
        await store.upload(path, name, signal);
        await rm(path, { force: true });
      }
    },
    async removeOthers(runId) {
      const names: string[] = [];
      for await (const { key } of store.list("_stitch-", signal)) names.push(key);
      for (const other of otherRuns(names, runId)) {
        const record = await store.readText(recordName(other), signal);
        await store.remove([...filesOf(record?.text ?? "", other), recordName(other)], signal);
      }
    },
  };
}
