import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { storageError } from "../../../core/errors/storage-error.ts";
import { encodeRow } from "./encode-row.ts";
import type { RowsInput } from "./for-each-row.ts";
import { forEachRow } from "./for-each-row.ts";
import { createSurvey, rowsInvalid } from "./rows-survey.ts";
import type { RowsColumn } from "./rows-types.ts";
import { columnTypes } from "./rows-types.ts";

/** Rows as a file of JSON lines, with the types of the columns over all of them. */
export type SpooledRows = {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly RowsColumn[];
  /** Bytes of the longest line. */
  readonly longestLine: number;
};

/** How much text is gathered before it is written. */
const CHUNK_CHARACTERS = 1 << 20;

/** Reads all rows once and writes them to a temporary file; memory holds a chunk of them. The file is removed if that fails. */
export async function spoolRows(input: RowsInput, directory: string, signal: AbortSignal): Promise<SpooledRows> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `rows-${randomUUID()}.jsonl`);
  const file = await open(path, "wx", 0o600);
  try {
    const writer = createRowWriter(async (text) => {
      await file.appendFile(text).catch((thrown: unknown) => {
        throw storageError(path, "write", thrown);
      });
    });
    await forEachRow(input, signal, writer.add);
    return { path, ...(await writer.finish()) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

function createRowWriter(write: (text: string) => Promise<void>) {
  const survey = createSurvey("");
  let rows = 0;
  let longestLine = 0;
  let chunk = "";

  async function flush(): Promise<void> {
    const text = chunk;
    chunk = "";
    await write(text);
  }

  return {
    /** A promise only when there is something to wait for; one for each row would cost more than the row. */
    add(row: unknown): Promise<void> | undefined {
      const line = encodeRow(row, survey, rows);
      longestLine = Math.max(longestLine, Buffer.byteLength(line));
      chunk += `${line}\n`;
      rows += 1;
      return chunk.length < CHUNK_CHARACTERS ? undefined : flush();
    },
    async finish(): Promise<Omit<SpooledRows, "path">> {
      await flush();
      if (rows === 0) throw rowsInvalid(NO_ROWS);
      if (survey.fields.size === 0) throw rowsInvalid("No row has a column: every row is an empty object.");
      return { rows, columns: columnTypes(survey), longestLine };
    },
  };
}

const NO_ROWS =
  "There are no rows, so the columns are unknown: skip the run, or give a Parquet file or SQL, whose columns are known without rows.";
