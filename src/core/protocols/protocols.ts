import { csv } from "./csv.ts";
import { dataframeRecords } from "./dataframe-records.ts";
import { dataframeSplit } from "./dataframe-split.ts";
import { instances } from "./instances.ts";
import { jsonLines } from "./json-lines.ts";
import { openInference } from "./open-inference.ts";
import type { Protocol, ProtocolId } from "./protocol.ts";
import { records } from "./records.ts";

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
