import type { Protocol, ProtocolId } from "./protocol.ts";
import { PROTOCOLS } from "./protocols.ts";
import type { RequestOptions } from "./request-options.ts";

/** A protocol as one job speaks it: its parameters are part of the text after the rows, and what it leaves out is gone. */
export function bindProtocol(id: ProtocolId, { params, csvHeader }: RequestOptions): Protocol {
  const protocol = PROTOCOLS[id];
  const { header, close, paramsKey } = protocol;
  return {
    ...protocol,
    header: csvHeader ? header : () => null,
    close: params === null || paramsKey === null ? close : withParams(close, paramsKey, params),
  };
}

/** The text after the rows ends with the bracket of the object in which the parameters stand, too. */
function withParams(close: string, key: string, params: NonNullable<RequestOptions["params"]>): string {
  return `${close.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(params)}}`;
}
