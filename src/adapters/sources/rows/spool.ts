import { rm } from "node:fs/promises";
import { removeAtExit } from "../remove-at-exit.ts";
import type { RowsInput } from "./for-each-row.ts";
import { rowsInvalid } from "./rows-survey.ts";
import type { SpooledRows } from "./spool-rows.ts";
import { spoolRows } from "./spool-rows.ts";

/** Rows in a temporary file, for as long as they may be read again. */
export type Spool = {
  /** Passes the rows to `work`, and keeps or removes them when it has succeeded. */
  use<T>(signal: AbortSignal, afterwards: "keep" | "remove", work: (rows: SpooledRows) => Promise<T>): Promise<T>;
};

/** An array can be read again and is never kept; anything else gives its rows once. */
export function createSpool(input: RowsInput, directory: string): Spool {
  return Array.isArray(input) ? createArraySpool(input, directory) : createIterableSpool(input, directory);
}

function createArraySpool(input: RowsInput, directory: string): Spool {
  return {
    async use(signal, _afterwards, work) {
      const rows = await spoolRows(input, directory, signal);
      try {
        return await work(rows);
      } finally {
        await rm(rows.path, { force: true });
      }
    },
  };
}

function createIterableSpool(input: RowsInput, directory: string): Spool {
  let spooling: Promise<SpooledRows> | undefined;
  let forget: (() => void) | undefined;
  let removed = false;

  async function read(signal: AbortSignal): Promise<SpooledRows> {
    const rows = await spoolRows(input, directory, signal);
    forget = removeAtExit(rows.path);
    return rows;
  }

  return {
    async use(signal, afterwards, work) {
      if (removed) {
        throw rowsInvalid(
          "The rows of an iterable were extracted before and can be read once: pass an array, or a new iterable.",
        );
      }
      spooling ??= read(signal);
      const rows = await spooling;
      const result = await work(rows);
      if (afterwards === "remove") {
        removed = true;
        await rm(rows.path, { force: true });
        forget?.();
      }
      return result;
    },
  };
}
