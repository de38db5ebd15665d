import type { Protocol, ProtocolId } from "./protocol.ts";
import { PROTOCOLS } from "./protocols.ts";
import type { RequestOptions } from "./request-options.ts";

/** A protocol as one job speaks it: its parameters are part of the text after the rows. */
export function bindProtocol(id: ProtocolId, { params }: Pick<RequestOptions, "params">): Protocol {
  const protocol = PROTOCOLS[id];
  if (params === null || protocol.paramsKey === null) return protocol;
  const beside = `,${JSON.stringify(protocol.paramsKey)}:${JSON.stringify(params)}}`;
  return { ...protocol, close: protocol.close.slice(0, -1) + beside };
}
