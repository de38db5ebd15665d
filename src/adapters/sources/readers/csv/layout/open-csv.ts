import { join } from "node:path";
import type { DuckdbSession } from "../../../../duckdb/duckdb-session.ts";
import type { CsvFile } from "./csv-bytes.ts";
import { packingOf, writeAsUtf8 } from "./csv-bytes.ts";

/** The file, converted to UTF-8 if it has another encoding. */
export async function openCsv(
  session: DuckdbSession,
  path: string,
  encoding: string | undefined,
  fault: (reason: string) => Error,
): Promise<CsvFile> {
  const { compression, encoding: marked } = await packingOf(path, fault);
  const actual = marked ?? encoding;
  if (actual === undefined || /^utf-?8$/i.test(actual)) return { path, text: path, compression };
  const text = await scratchFile(session);
  await writeAsUtf8(path, compression, actual, text, fault);
  return { path, text, compression: "none" };
}

let made = 0;

/** A path for a file that is removed with the session. */
export async function scratchFile(session: DuckdbSession): Promise<string> {
  const path = join(await session.scratchFolder(), `csv-${made++}.csv`);
  return path;
}
