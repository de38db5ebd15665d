import type { Protocol } from "./protocol.ts";

/** `{"instances":[{…},…]}` ↔ `{"predictions":[…]}`: TensorFlow Serving, Vertex AI, MLflow, and our own model server. */
export const instances: Protocol = {
  id: "instances",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  rowForm: "object",
  open: () => '{"instances":[',
  close: "]}",
  header: () => null,
  paramsKey: "params",
  answerNotation: "json",
  answerList: { key: "predictions", bare: false },
};
