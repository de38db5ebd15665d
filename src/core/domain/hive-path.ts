/** What Hive and Spark call the partition of null; they give it to the empty string too. */
const NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__";

/** The characters that Hive and Spark escape in a partition's name. Others stay as they are: Spark decodes byte by byte, so `ü` must not be escaped. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are part of Hive's list.
const ESCAPED = /[\u0000-\u001f\u007f"#%'*/:=?\\{[\]^]/g;

/** Most bytes of a file's name, on every file system in use. */
export const LONGEST_NAME = 255;

/**
 * Why a column cannot be in the name of a partition's folder, in words that follow "its name"; null if it can. Hive and Spark escape such
 * characters in names as in values, and DuckDB decodes them in values only: the column would be found under another name.
 */
export function partitionNameProblem(name: string): string | null {
  const [special] = name.match(ESCAPED) ?? [];
  if (special !== undefined) return `holds ${JSON.stringify(special)}, which readers of partitions do not agree on`;
  if (name.startsWith(".")) return "begins with a dot, and readers pass over folders that do";
  const room = LONGEST_NAME - Buffer.byteLength(`=${NULL_PARTITION}`);
  return Buffer.byteLength(name) > room ? `has more than ${room} bytes, and a folder's name has ${LONGEST_NAME}` : null;
}

/** The folder of a partition below its table: `ds=2001-01-01/region=a%2Fb`; empty for a table without partitions. */
export function partitionFolder(columns: readonly string[], values: readonly (string | null)[]): string {
  return columns.map((name, index) => `${escaped(name)}=${folderValue(values[index] ?? null)}`).join("/");
}

function folderValue(value: string | null): string {
  return value === null || value === "" ? NULL_PARTITION : escaped(value);
}

function escaped(text: string): string {
  return text.replace(
    ESCAPED,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
