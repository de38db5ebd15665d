import type { DataFrame } from "../../../../polars/polars.ts";
import type { ProtocolId } from "../../../../protocols/protocol.ts";
import { requestId } from "../../../../protocols/request-id.ts";

/** What each request line (a column `line`) is called, null if it has no name; null if lines of the protocol have none. */
export function requestIds(lines: DataFrame, protocol: ProtocolId): readonly (string | null)[] | null {
  if (protocol !== "open_inference") return null;
  return (lines.getColumn("line").toArray() as (string | null)[]).map((text) => requestId(text ?? ""));
}
