import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { PROTOCOL_IDS } from "../../protocols/protocols.ts";

/** Protocols whose requests hold their rows under a key of the same name. */
const NAMED_BY_KEY = ["instances", "dataframe_split", "dataframe_records"] as const;

/** Keys of requests that hold rows in a form that is not read; a row of `json_lines` would not be called so. */
const FOREIGN_KEYS = ["inputs", "parameters"];

/** The protocol that was asked for; null if none was. Throws `PROTOCOL_UNSUPPORTED` if there is no protocol of that name. */
export function namedProtocol(wanted: string | undefined): ProtocolId | null {
  if (wanted === undefined) return null;
  return PROTOCOL_IDS.find((id) => id === wanted) ?? throwUnsupported(`"${wanted}" is not one of them`);
}

/** The protocol that the first line of a request file shows. `location`: the file as a person would write it. */
export function shownProtocol(line: string, location: string): ProtocolId {
  const request = parse(line);
  if (Array.isArray(request)) return "records";
  if (request === undefined && /^[^{[].*,/.test(line)) return "csv";
  if (typeof request !== "object" || request === null) {
    throwUnsupported(`the first line of ${location} is neither a JSON object nor a JSON list`);
  }
  const keys = Object.keys(request);
  if (isTensors(Reflect.get(request, "inputs"))) return "open_inference";
  const named = NAMED_BY_KEY.find((id) => keys.includes(id));
  if (named !== undefined) return named;
  if (keys.length === 0 || keys.some((key) => FOREIGN_KEYS.includes(key))) {
    throwUnsupported(
      `the first line of ${location} has the keys ${keys.map((key) => `"${key}"`).join(", ") || "(none)"}`,
    );
  }
  return "json_lines";
}

function isTensors(inputs: unknown): boolean {
  if (!Array.isArray(inputs)) return false;
  const [first] = inputs as unknown[];
  return typeof first === "object" && first !== null && "datatype" in first;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function throwUnsupported(found: string): never {
  throw new ScoreframeError(
    "PROTOCOL_UNSUPPORTED",
    `Requests can be read in the protocols ${PROTOCOL_IDS.join(", ")}, and ${found}. Say which one it is with protocol, or write the requests in one.`,
    { operation: "stitch", option: "protocol", details: { protocols: PROTOCOL_IDS } },
  );
}
