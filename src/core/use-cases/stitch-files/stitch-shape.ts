import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { JsonPath } from "../../json/json-pointer.ts";
import { parsePointer } from "../../json/json-pointer.ts";
import type { Pairing } from "../../protocols/pairing/pairing.ts";
import { PROTOCOLS } from "../../protocols/protocols.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";

/** Where rows are in requests and predictions in responses that another program wrote. */
export type StitchShape = Pick<RequestOptions, "shape" | "predictions" | "pairing">;

type Pointers = {
  readonly protocol?: string;
  readonly rows?: string;
  readonly row?: string;
  readonly predictions?: string;
  readonly key?: string | { readonly column: string; readonly at?: string };
  readonly index?: string;
};

/** Throws `USAGE` for a text that is not a JSON pointer, and for a pointer that the protocol does not use. */
export function stitchShape(request: Pointers): StitchShape {
  const [rows, row, predictions] = (["rows", "row", "predictions"] as const).map((name) => pathOf(name, request[name]));
  if (rows != null && row != null)
    throw usage("row", "cannot be given together with rows: a request has one row, or a list.");
  const path = row ?? rows ?? null;
  const known = Object.values(PROTOCOLS).find(({ id }) => id === request.protocol);
  if (known !== undefined && path !== null && known.rowForm !== "object")
    throw usage(row == null ? "rows" : "row", `has no use in the protocol ${known.id}. Leave one of them out.`);
  if (known !== undefined && predictions != null && known.answerNotation !== "json")
    throw usage("predictions", `has no use in the protocol ${known.id}. Leave one of them out.`);
  return {
    shape: path === null ? null : { path, holds: row == null ? "list" : "row", rowForm: "object", body: {} },
    predictions: predictions ?? null,
    pairing: pairingOf(request),
  };
}

function pairingOf({ key, index }: Pointers): Pairing | null {
  if (key !== undefined && index !== undefined)
    throw usage("index", "cannot be given together with key: predictions are paired by one of them.");
  if (index !== undefined) return { by: "index", at: memberPath("index", index) };
  if (key === undefined) return null;
  if (typeof key === "string") return { by: "key", column: key, at: [key] };
  return { by: "key", column: key.column, at: key.at === undefined ? [key.column] : memberPath("key", key.at) };
}

/** A name, or a JSON pointer. */
function memberPath(option: string, member: string): JsonPath {
  return member.startsWith("/") ? (pathOf(option, member) ?? []) : [member];
}

function pathOf(name: string, pointer: string | undefined): JsonPath | null {
  if (pointer === undefined) return null;
  const path = parsePointer(pointer);
  if (path !== null) return path;
  throw usage(name, `must be a JSON pointer: "", or text that begins with "/", such as /data.`);
}

function usage(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("USAGE", `${option} ${complaint}`, { option, operation: "stitch" });
}
