import { open } from "node:fs/promises";
import type { ObjectStore, StoredObject } from "../../../core/ports/object-store.ts";

/** Enough for the footers of most files. */
const FIRST_GUESS = 65_536;
/** The length of the footer and `PAR1`. */
const TAIL_BYTES = 8;

/**
 * Writes a file of the object's size that holds only its Parquet footer, which is enough to read the columns. The file has a hole
 * where the rows are, which takes no space on the disk. Of an object that is not Parquet, only the end is written.
 */
export async function downloadFooter(
  store: ObjectStore,
  key: string,
  path: string,
  signal: AbortSignal,
): Promise<StoredObject> {
  let { end, object } = await store.readEnd(key, FIRST_GUESS, signal);
  const tail = Buffer.from(end.subarray(-TAIL_BYTES));
  const wanted = tail.length === TAIL_BYTES ? tail.readUInt32LE(0) + TAIL_BYTES : 0;
  if (wanted > end.length && wanted <= object.bytes && tail.toString("latin1", 4) === "PAR1") {
    ({ end, object } = await store.readEnd(key, wanted, signal));
  }
  const file = await open(path, "w");
  try {
    await file.truncate(object.bytes);
    // A reader also checks the first bytes.
    if (tail.toString("latin1", 4) === "PAR1") await file.write("PAR1", 0);
    await file.write(end, 0, end.length, object.bytes - end.length);
  } finally {
    await file.close();
  }
  return object;
}
