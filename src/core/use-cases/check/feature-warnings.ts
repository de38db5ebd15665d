import type { SentColumn } from "../../domain/sent-column.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { mlflowWarnings } from "./mlflow-warnings.ts";
import { tensorWarnings } from "./tensor-warnings.ts";

/** What is known to go wrong with these features, before a row is sent: sentences that name the columns and the fix. */
export function featureWarnings(sent: readonly SentColumn[], protocol: ProtocolId): string[] {
  return protocol === "open_inference" ? tensorWarnings(sent) : mlflowWarnings(sent, protocol);
}
