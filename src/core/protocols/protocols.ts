import { dataframeSplit } from "./dataframe-split.ts";
import { instances } from "./instances.ts";
import { jsonLines } from "./json-lines.ts";
import type { Protocol, ProtocolId } from "./protocol.ts";

/** Every protocol, by its id in the job file. */
export const PROTOCOLS: Readonly<Record<ProtocolId, Protocol>> = {
  instances,
  dataframe_split: dataframeSplit,
  json_lines: jsonLines,
};

export const PROTOCOL_IDS: readonly ProtocolId[] = Object.keys(PROTOCOLS) as ProtocolId[];
