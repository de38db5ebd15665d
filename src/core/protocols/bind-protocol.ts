import type { JsonPath } from "../json/json-pointer.ts";
import type { BodyShape } from "./body-shape.ts";
import { textAround } from "./body-shape.ts";
import type { Protocol, ProtocolId } from "./protocol.ts";
import { PROTOCOLS } from "./protocols.ts";
import type { RequestOptions } from "./request-options.ts";
import type { PredictionPlace } from "./responses/prediction-place.ts";
import { LINE_ITSELF } from "./responses/prediction-place.ts";

/** A protocol as one job speaks it: with the job's shape of bodies and place of predictions, its parameters in the text after the rows. */
export function bindProtocol(id: ProtocolId, options: RequestOptions): Protocol {
  const { params, csvHeader, shape, predictions, pairing } = options;
  const protocol = shape === null ? PROTOCOLS[id] : shaped(PROTOCOLS[id], shape);
  const { header, close, paramsKey, predictionPlace } = protocol;
  return {
    ...protocol,
    header: csvHeader ? header : () => null,
    close: params === null || paramsKey === null ? close : withParams(close, paramsKey, params),
    predictionPlace: predictions === null ? predictionPlace : placeAt(predictions, predictionPlace),
    ...(pairing === null ? {} : { pairing }),
  };
}

/** The place that a job names: of the list in a document, if a response may be one, and else in each line. */
function placeAt(path: JsonPath, place: PredictionPlace): PredictionPlace {
  return place.document === undefined ? { ...place, path, bare: false } : { ...place, document: path };
}

function shaped(protocol: Protocol, { path, holds, rowForm, body }: BodyShape): Protocol {
  const [before, after] = textAround(body, path);
  if (holds === "list") return { ...protocol, rowForm, open: () => `${before}[`, close: `]${after}` };
  return {
    ...protocol,
    rowForm,
    open: () => before,
    close: after,
    lineHolds: "row",
    linesInRequest: "one",
    predictionPlace: LINE_ITSELF,
  };
}

/** The text after the rows ends with the bracket of the object that also holds the parameters. */
function withParams(close: string, key: string, params: NonNullable<RequestOptions["params"]>): string {
  return `${close.slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(params)}}`;
}
