import { lstat, readlink, realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { hasCode } from "../../../core/util/atomic-file.ts";
import { STORE } from "../table-layout.ts";

/** Resolves a path relative to the table to an absolute one; throws `OUTPUT_UNWRITABLE` if a link on its way leads out of the table. */
export type InsideTable = (path: string) => Promise<string>;

/** For many paths: each folder is looked at once. */
export function createInsideTable(table: string): InsideTable {
  const looked = new Map<string, Promise<void>>();
  let root: Promise<string> | undefined;

  async function look(folder: string): Promise<void> {
    root ??= realpath(table);
    // A folder that does not exist holds nothing, and its parent is checked before it is made.
    const real = await realpath(folder).catch((thrown: unknown) => {
      if (!hasCode(thrown, "ENOENT")) throw thrown;
      return null;
    });
    if (real === null) return folder === table ? undefined : lookOnce(dirname(folder));
    if (real !== (await root) && !real.startsWith(`${await root}${sep}`)) throw leadsOut(folder, real);
  }

  function lookOnce(folder: string): Promise<void> {
    const known = looked.get(folder) ?? look(folder);
    looked.set(folder, known);
    return known;
  }

  return async (path) => {
    const absolute = join(table, path);
    await lookOnce(dirname(absolute));
    return absolute;
  };
}

/** Our own folder is renamed into and out of, which a link to another file system does not allow. */
export async function checkStoreIsNoLink(table: string): Promise<void> {
  const store = join(table, STORE);
  const stats = await lstat(store).catch((thrown: unknown) => {
    if (hasCode(thrown, "ENOENT", "ENOTDIR")) return null;
    throw thrown;
  });
  if (stats?.isSymbolicLink()) throw leadsOut(store, await readlink(store));
}

function leadsOut(folder: string, target: string): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `${folder} is a link to ${target}, and a table's files must be in its own folder. Nothing was changed. ` +
      "Put the folder itself in the place of the link, or make output.path, as a whole, the link.",
    { operation: "publish", option: "output.path", details: { path: folder, target } },
  );
}
