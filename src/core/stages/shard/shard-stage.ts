import type { TypedColumn } from "../../domain/types/column-type.ts";
import type { RunFolders } from "../../ports/run-store.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";

/** How a table is cut into shards. */
export type ShardStageInput = {
  readonly table: { readonly path: string; readonly rows: number };
  readonly columns: readonly TypedColumn[];
  readonly features: readonly string[];
  readonly protocol: ProtocolId;
  readonly options: RequestOptions;
  readonly batchSize: number;
  readonly softLineBytes: number;
  readonly maxLineBytes: number;
  readonly maxFileBytes: number;
  readonly oversizedRows: "fail" | "dead_letter" | "skip";
  readonly folders: RunFolders;
};
