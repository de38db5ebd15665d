import { csv } from "./members/csv.ts";
import { dataframeRecords } from "./members/dataframe-records.ts";
import { dataframeSplit } from "./members/dataframe-split.ts";
import { instances } from "./members/instances.ts";
import { jsonLines } from "./members/json-lines.ts";
import { openInference } from "./members/open-inference.ts";
import { records } from "./members/records.ts";
import type { Protocol, ProtocolId } from "./protocol.ts";

/** Every protocol, by its id in the job file. */
export const PROTOCOLS: Readonly<Record<ProtocolId, Protocol>> = {
  instances,
  dataframe_split: dataframeSplit,
  dataframe_records: dataframeRecords,
  records,
  json_lines: jsonLines,
  csv,
  open_inference: openInference,
};

export const PROTOCOL_IDS: readonly ProtocolId[] = Object.keys(PROTOCOLS) as ProtocolId[];
