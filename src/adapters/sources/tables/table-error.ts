import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/** A table that is there and cannot be read. `reason` is a clause without a full stop. */
export function tableUnreadable(
  table: string,
  path: string | undefined,
  reason: string,
  cause?: unknown,
): ScoreframeError {
  const where = path === undefined ? "" : ` (${path})`;
  const stop = /[.!?]$/.test(reason) ? "" : ".";
  return new ScoreframeError("TABLE_UNREADABLE", `The table "${table}"${where} cannot be read: ${reason}${stop}`, {
    operation: "read a table",
    option: `source.tables.${table}`,
    details: { table, ...(path === undefined ? {} : { path }) },
    cause,
  });
}
