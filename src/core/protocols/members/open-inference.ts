import type { Protocol } from "../protocol.ts";
import { BARE_OR_UNDER_PREDICTIONS } from "../responses/prediction-place.ts";

/** `{"inputs":[{"name":…,"shape":…,"datatype":…,"data":[…]}]}` ↔ `{"outputs":[…]}`: the V2 protocol of KServe, MLServer and Triton. */
export const openInference: Protocol = {
  id: "open_inference",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  linesInRequest: "one",
  rowForm: "tensors",
  open: () => '{"id":"',
  close: "]}",
  header: () => null,
  paramsKey: "parameters",
  answerNotation: "tensors",
  predictionPlace: BARE_OR_UNDER_PREDICTIONS,
};
