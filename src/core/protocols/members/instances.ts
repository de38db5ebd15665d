import type { Protocol } from "../protocol.ts";
import { UNDER_PREDICTIONS } from "../responses/prediction-place.ts";

/** `{"instances":[{…},…]}` ↔ `{"predictions":[…]}`: TensorFlow Serving, Vertex AI, MLflow, and our own model server. */
export const instances: Protocol = {
  id: "instances",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  linesInRequest: "one",
  rowForm: "object",
  open: () => '{"instances":[',
  close: "]}",
  header: () => null,
  paramsKey: "params",
  answerNotation: "json",
  predictionPlace: UNDER_PREDICTIONS,
};
