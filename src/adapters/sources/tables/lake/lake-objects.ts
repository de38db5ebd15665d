import { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { ObjectStore } from "../../../../core/ports/object-store.ts";
import { ICEBERG_LOG, isLakeTable, LAKE_LOGS, lakeOfFolder, lakeOfMetadata } from "./lake-tables.ts";

/** Rejects a listed key that is a part of a lake's log, or of a transaction's folder. */
export function rejectLakeKey(store: ObjectStore, table: string, prefix: string, key: string): void {
  const names = key.split("/");
  const first = prefix.split("/").length - 1;
  for (let index = first; index < names.length - 1; index += 1) {
    const name = names[index] ?? "";
    const isIceberg = name === ICEBERG_LOG && index === names.length - 2;
    const kind = isIceberg ? lakeOfMetadata(names.at(-1) ?? "") : lakeOfFolder(name);
    const log = store.locate(names.slice(0, index + 1).join("/"));
    if (kind !== undefined) throw isLakeTable(table, store.locate(prefix), kind, log);
  }
}

/** Rejects a folder that is a lake's table or is inside one. Asks for a few keys of each folder above. */
export async function rejectLakeAbove(
  store: ObjectStore,
  table: string,
  root: string,
  signal: AbortSignal,
): Promise<void> {
  const names = root.split("/").slice(0, -1);
  const folders = [...names.keys(), names.length].map((count) =>
    names
      .slice(0, count)
      .map((name) => `${name}/`)
      .join(""),
  );
  const logs = folders.flatMap((folder) => [...LAKE_LOGS, ICEBERG_LOG].map((log) => `${folder}${log}/`));
  rejectLakeKey(store, table, "", root);
  await Promise.all(
    logs.map(async (log) => {
      for (const key of await firstKeys(store, log, signal)) rejectLakeKey(store, table, "", key);
    }),
  );
}

/** One page of a listing; empty if this user may not list it. */
const PAGE = 1000;

async function firstKeys(store: ObjectStore, prefix: string, signal: AbortSignal): Promise<readonly string[]> {
  const keys: string[] = [];
  try {
    for await (const { key } of store.list(prefix, signal)) {
      keys.push(key);
      if (keys.length === PAGE || !prefix.endsWith(`${ICEBERG_LOG}/`)) break;
    }
  } catch (thrown) {
    if (!ScoreframeError.is(thrown) || thrown.code !== "AWS_ACCESS_DENIED") throw thrown;
  }
  return keys;
}
