import type { Protocol } from "../protocol.ts";
import { BARE_OR_UNDER_PREDICTIONS } from "../responses/prediction-place.ts";

/** `[{…},…]` ↔ `[…]`, or `{"predictions":[…]}`: servers that users write, and SageMaker containers whose code reads a JSON list. */
export const records: Protocol = {
  id: "records",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  linesInRequest: "one",
  rowForm: "object",
  open: () => "[",
  close: "]",
  header: () => null,
  paramsKey: null,
  answerNotation: "json",
  predictionPlace: BARE_OR_UNDER_PREDICTIONS,
};
