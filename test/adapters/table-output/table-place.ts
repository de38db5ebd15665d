import { mkdtempSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createFolderOutput } from "../../../src/adapters/table-output/folder/folder-output.ts";
import type { LockTiming } from "../../../src/adapters/table-output/table-lock.ts";
import type { TableOutput } from "../../../src/core/ports/table-output.ts";

/** Where a table may be published, as its conformance suite sees it. Names are relative to the table, parts separated by `/`. */
export type TablePlace = {
  /** As a job's `output.path` names it. */
  readonly address: string;
  open(timing?: LockTiming): TableOutput;
  /** All names, in order; none where nothing is there. */
  names(): Promise<string[]>;
  read(name: string): Promise<string>;
  write(name: string, text: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** The file on this machine, where DuckDB reads it. */
  fetch(name: string): Promise<string>;
  remove(): Promise<void>;
};

/** A folder whose name holds what globs mean. */
export async function folderPlace(): Promise<TablePlace> {
  const base = mkdtempSync(join(tmpdir(), "place-"));
  const address = join(base, "table [a]*");
  return {
    address,
    open: (timing) => createFolderOutput(address, { now: Date.now }, timing === undefined ? {} : { timing }),
    async names() {
      const entries = await readdir(address, { recursive: true, withFileTypes: true }).catch(() => []);
      const files = entries.filter((entry) => entry.isFile());
      return files.map((entry) => join(entry.parentPath, entry.name).slice(address.length + 1)).sort();
    },
    read: (name) => readFile(join(address, name), "utf8"),
    async write(name, text) {
      await mkdir(dirname(join(address, name)), { recursive: true });
      await writeFile(join(address, name), text);
    },
    copy: (from, to) => copyFile(join(address, from), join(address, to)),
    delete: (name) => rm(join(address, name)),
    fetch: async (name) => join(address, name),
    remove: () => rm(base, { recursive: true, force: true }),
  };
}
