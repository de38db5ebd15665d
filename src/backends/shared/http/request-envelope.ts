import { textAround } from "../../../core/protocols/body-shape.ts";
import type { Protocol } from "../../../core/protocols/protocol.ts";
import type { RequestUnit } from "./isolation/request-units.ts";
import { listElements, listThatClosesAt } from "./responses/json-spans.ts";
import { openTensorEnvelope } from "./tensor-envelope.ts";
import type { OpenedRequest } from "./transport/opened-request.ts";

const COMMA = Buffer.from(",");
const NEWLINE = Buffer.from("\n");

/** Splits the body of a request into its rows, byte for byte. */
export function openEnvelope(
  { body, header }: Pick<RequestUnit, "body" | "header">,
  protocol: Protocol,
): OpenedRequest {
  if (protocol.lineHolds === "row") {
    const rows = splitLines(body.subarray(header.length));
    return { rows, wrap: (part) => Buffer.concat([header, join(part, NEWLINE)]) };
  }
  if (protocol.rowForm === "tensors") return openTensorEnvelope(body);
  // A line is `open(columns)` + rows + `close`, and `close` begins with the bracket that ends the rows.
  const listStart = listThatClosesAt(body, body.length - Buffer.byteLength(protocol.close));
  if (listStart === -1) return { rows: [body], wrap: () => body };
  const before = body.subarray(0, listStart + 1);
  const after = Buffer.from(protocol.close);
  const rows = listElements(body, listStart).map((span) => body.subarray(span.start, span.end));
  return { rows, wrap: (part) => Buffer.concat([before, join(part, COMMA), after]) };
}

/** A line of answers made of the rows' own texts. */
export function wrapPredictions(predictions: readonly Buffer[], protocol: Protocol): Buffer {
  if (protocol.lineHolds === "row") return Buffer.concat([join(predictions, NEWLINE), NEWLINE]);
  const { path, bare } = protocol.predictionPlace;
  // A place in a list is written as a member: a reader that follows the path finds it.
  const [before, after] = bare ? ["[", "]\n"] : [`${textAround({}, path)[0]}[`, `]${textAround({}, path)[1]}\n`];
  return Buffer.concat([Buffer.from(before), join(predictions, COMMA), Buffer.from(after)]);
}

function splitLines(body: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (let end = body.indexOf(NEWLINE, start); end !== -1; end = body.indexOf(NEWLINE, start)) {
    lines.push(body.subarray(start, end));
    start = end + 1;
  }
  lines.push(body.subarray(start));
  return lines;
}

function join(parts: readonly Buffer[], separator: Buffer): Buffer {
  return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])));
}
