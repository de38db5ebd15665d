import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isS3, splitS3Path } from "../../../aws/s3-location.ts";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { ObjectStore, OpenStore, StoredObject } from "../../../core/ports/object-store.ts";
import { mapConcurrently } from "../../../core/util/map-concurrently.ts";
import { removeAtExit } from "../remove-at-exit.ts";
import { findObjects } from "./find/find-objects.ts";
import type { TableFiles } from "./find/table-files.ts";
import { downloadFooter } from "./parquet-footer.ts";
import type { TableOptions } from "./table-definition.ts";
import { formatOfName } from "./table-definition.ts";
import { tableUnreadable } from "./table-error.ts";

/** Concurrent downloads. */
const DOWNLOADS_AT_A_TIME = 4;

/** Tables in an object store, downloaded to this machine for as long as a query needs them. */
export type RemoteTables = {
  /** Whether a path is one of a store. */
  isRemote(path: string): boolean;
  /** The table's files on this machine. They are downloaded once. */
  fetchTable(table: string, options: TableOptions): Promise<TableFiles>;
  /** An error that names a file of this machine, as one that names the object. */
  named(error: unknown): unknown;
  /** The same for a text. */
  rename(text: string): string;
  close(): Promise<void>;
};

export type RemoteSettings = {
  readonly openStore?: OpenStore | undefined;
  readonly temporaryDirectory?: string | undefined;
};

/** `columnsOnly`: of Parquet files only the footer is downloaded; the rows of the file must not be read. */
export function createRemoteTables(
  { openStore, temporaryDirectory = tmpdir() }: RemoteSettings,
  columnsOnly: boolean,
  signal: AbortSignal,
): RemoteTables {
  const downloads = new Map<string, Promise<TableFiles>>();
  /** Beginnings of local paths, and the addresses that they replace. */
  const places: { readonly local: string; readonly remote: string }[] = [];
  let folder: Promise<string> | undefined;
  let forget: (() => void) | undefined;

  async function makeFolder(): Promise<string> {
    const made = await mkdtemp(join(temporaryDirectory, "scoreframe-tables-")).catch((thrown: unknown) => {
      throw storageError(temporaryDirectory, "write", thrown);
    });
    forget = removeAtExit(made);
    return made;
  }

  async function fetchTable(table: string, { path, format, hive }: TableOptions): Promise<TableFiles> {
    const { bucket, key } = splitS3Path(path);
    const store = await openStore?.(bucket);
    if (store === undefined || store === null) throw tableUnreadable(table, path, "no store is open for such paths");
    const found = await findObjects(store, table, key, hive === true, signal);
    folder ??= makeFolder();
    const local = join(await folder, String(places.length));
    places.push({ local, remote: store.locate(found.root) });
    const isParquet = (name: string): boolean =>
      (found.published?.format ?? format ?? formatOfName(name)) === "parquet";
    // Each file has a number: names that differ for a store may be the same for this machine's file system.
    const files = found.objects.map(({ key: each }, index) =>
      join(local, String(index), ...safeParts(each.slice(found.root.length))),
    );
    const fetch = async (objects: readonly StoredObject[], get: Get): Promise<void> => {
      const work = mapConcurrently(objects, DOWNLOADS_AT_A_TIME, async (object) => {
        const file = files[found.objects.indexOf(object)] ?? "";
        await mkdir(dirname(file), { recursive: true });
        const got = await get(store, object.key, file, signal);
        if (got.etag !== object.etag) throw replaced(table, store, object);
      });
      for await (const _ of work);
    };
    const footersOnly = found.objects.filter((object) => columnsOnly && isParquet(object.key));
    await fetch(footersOnly, downloadFooter);
    await fetch(
      found.objects.filter((object) => !footersOnly.includes(object)),
      download,
    );
    let rows: Promise<void> | undefined;
    const loadRows = (): Promise<void> => {
      rows ??= fetch(footersOnly, download).catch((thrown: unknown) => {
        throw withTable(table, thrown);
      });
      return rows;
    };
    return { files, path, root: `${local}/`, loadRows, published: found.published };
  }

  const rename = (text: string): string =>
    places.reduce((renamed, { local, remote }) => replacePlace(renamed, local, remote), text);

  return {
    isRemote: (path) => openStore !== undefined && isS3(path),
    fetchTable(table, options) {
      const known = downloads.get(table);
      if (known !== undefined) return known;
      const downloading = fetchTable(table, options).catch((thrown: unknown) => {
        throw withTable(table, thrown);
      });
      downloads.set(table, downloading);
      return downloading;
    },
    rename,
    named(error) {
      if (!ScoreframeError.is(error)) return error;
      const message = rename(error.message);
      if (message === error.message) return error;
      const details = Object.entries(error.facts.details ?? {}).map(([name, value]) => [
        name,
        typeof value === "string" ? rename(value) : value,
      ]);
      const facts = { ...error.facts, ...(details.length === 0 ? {} : { details: Object.fromEntries(details) }) };
      return new ScoreframeError(error.code, message, { ...facts, cause: error.cause });
    },
    async close() {
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true }).catch(() => undefined);
      forget?.();
    },
  };
}

type Get = typeof download;

function download(store: ObjectStore, key: string, file: string, signal: AbortSignal): Promise<StoredObject> {
  return store.download(key, file, signal);
}

/** A key may contain names that have a meaning in a file system. */
function safeParts(name: string): string[] {
  return name.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
}

/** The path of a table's folder is followed by the number of the file. */
function replacePlace(text: string, local: string, remote: string): string {
  return text.split(`${local}/`).reduce((said, rest) => said + remote + rest.replace(/^\d+\//, ""));
}

function replaced(table: string, store: ObjectStore, { key }: StoredObject): ScoreframeError {
  const reason = `${store.locate(key)} was replaced while it was being read. Run the job again when no other process writes there`;
  return tableUnreadable(table, undefined, reason);
}

/** An error of the store, with the table that was being read. */
function withTable(table: string, thrown: unknown): unknown {
  if (!ScoreframeError.is(thrown) || thrown.facts.option !== undefined) return thrown;
  return new ScoreframeError(thrown.code, `The table "${table}" cannot be read: ${thrown.message}`, {
    ...thrown.facts,
    option: `source.tables.${table}`,
    cause: thrown,
  });
}
