import { cellKind, KIND, WAY } from "../../../../core/domain/cell-kind.ts";
import { quoteIdentifier, quoteText } from "../../../duckdb/sql-quoting.ts";
import { tableUnreadable } from "../table-error.ts";

/** What Hive and Spark call the folder of null. */
const NULL_VALUE = "__HIVE_DEFAULT_PARTITION__";

/** Name of the column in which readers give the path of each row's file. */
export const FILE_COLUMN = "scoreframe file";

/** A column whose values are the names of folders (`ds=2024-05-01`). */
export type HiveColumn = {
  readonly name: string;
  /** The type as SQL has it. */
  readonly type: string;
  /** The text of the value, by the path of the file in `FILE_COLUMN`. */
  readonly text: string;
};

/** The columns that the folders below `root` name. `root` ends with `/`. Every file has to have the same ones. */
export function hiveColumns(table: string, root: string, files: readonly string[]): HiveColumn[] {
  const keysOfFirst = keyedFolders(table, root, files[0] ?? "").map(({ key }) => key);
  const values = keysOfFirst.map((): Set<string | null> => new Set());
  for (const file of files) {
    const folders = keyedFolders(table, root, file);
    if (folders.length !== keysOfFirst.length || folders.some(({ key }, index) => key !== keysOfFirst[index])) {
      throw otherKeys(
        table,
        { file: files[0] ?? "", keys: keysOfFirst },
        { file, keys: folders.map(({ key }) => key) },
      );
    }
    for (const [index, { value }] of folders.entries()) values[index]?.add(value);
  }
  return keysOfFirst.map((name, index) =>
    folderColumn(root, name, textType([...(values[index] ?? [])].filter((value) => value !== null))),
  );
}

/** A column of a known type. */
export function folderColumn(root: string, name: string, type: string): HiveColumn {
  return { name, type, text: textOf(root, name) };
}

/** The value of a column with its type. */
export function hiveValue({ text, type }: HiveColumn): string {
  return type === "VARCHAR" ? text : `CAST(${text} AS ${type})`;
}

/** Whether folders below the root are named `key=value`. */
export function hasKeyedFolders(root: string, file: string): boolean {
  return folderNames(root, file).some((name) => /^[^=]+=/.test(name));
}

/** The folder above those that are named `key=value` and end a path; for a table whose path itself names partitions. */
export function aboveKeyedFolders(root: string): string {
  return root.replace(/(?<=^|\/)(?:[^/=]+=[^/]*\/)+$/, "");
}

type KeyedFolder = { readonly key: string; readonly value: string | null };

function keyedFolders(table: string, root: string, file: string): KeyedFolder[] {
  const folders = folderNames(root, file).flatMap((name): KeyedFolder[] => {
    const [, key, value = ""] = /^([^=]+)=(.*)$/s.exec(name) ?? [];
    return key === undefined ? [] : [{ key, value: value === NULL_VALUE ? null : decode(value) }];
  });
  const seen = new Set<string>();
  for (const { key } of folders) {
    if (seen.has(key.toLowerCase())) {
      throw tableUnreadable(
        table,
        file,
        `two of its folders are named "${key}=…", case ignored, and give the column two values. Rename one, or leave these columns out with \`hive: false\``,
      );
    }
    seen.add(key.toLowerCase());
  }
  return folders;
}

function folderNames(root: string, file: string): string[] {
  return file.slice(root.length).split("/").slice(0, -1);
}

/** The same as the SQL below: text that is not percent-encoded UTF-8 is kept unchanged. */
function decode(text: string): string {
  if (!text.includes("%")) return text;
  const encoded = text.replace(/%(?![0-9a-f]{2})|[^%0-9a-f]+/gi, encodeURIComponent);
  try {
    return decodeURIComponent(encoded);
  } catch {
    return text;
  }
}

function textOf(root: string, key: string): string {
  const below = `substr(${quoteIdentifier(FILE_COLUMN)}, ${[...root].length + 1})`;
  const raw = `regexp_extract(${below}, ${quoteText(`(?:^|/)${escapeRegExp(key)}=([^/]*)/`)}, 1)`;
  return `CASE ${raw} WHEN '${NULL_VALUE}' THEN NULL ELSE coalesce(TRY(url_decode(${raw})), ${raw}) END`;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/** The type of texts: VARCHAR unless every text is how another type writes its value. */
function textType(texts: readonly string[]): string {
  if (texts.length === 0) return "VARCHAR";
  return TYPES.find(({ holds }) => texts.every(holds))?.type ?? "VARCHAR";
}

/** The rule of cells in text files, but stricter: a folder's name is the value as our own output writes it, so one way of writing counts. */
const TYPES: readonly { readonly type: string; readonly holds: (text: string) => boolean }[] = [
  { type: "BIGINT", holds: isInteger },
  { type: "DATE", holds: (text) => cellKind(text)?.kind === KIND.DATE },
  { type: "TIMESTAMP", holds: isMoment },
  { type: "BOOLEAN", holds: (text) => cellKind(text)?.kind === KIND.BOOLEAN },
];

/** A whole number of 64 bits need not be exact as a double. */
function isInteger(text: string): boolean {
  const found = cellKind(text);
  return found?.kind === KIND.NUMBER && (found.way & ~WAY.INEXACT) === WAY.INTEGER;
}

/** Microseconds at most, without zeros at the end. */
function isMoment(text: string): boolean {
  const found = cellKind(text);
  const isPlain = found?.kind === KIND.MOMENT && (found.way & ~WAY.OUT_OF_NANOSECONDS) === (WAY.BLANK | WAY.NO_ZONE);
  return isPlain && !/\.\d*0$/.test(text);
}

type Keys = { readonly file: string; readonly keys: readonly string[] };

function otherKeys(table: string, one: Keys, other: Keys): Error {
  const named = ({ keys }: Keys): string =>
    keys.length === 0 ? "no column" : keys.map((key) => `"${key}"`).join(", ");
  return tableUnreadable(
    table,
    other.file,
    `its folders give ${named(other)}, and those of ${one.file} give ${named(one)}. ` +
      "Give a path below which all are named alike, or leave these columns out with `hive: false`",
  );
}
