import type { Protocol } from "./protocol.ts";

/** `{"inputs":[{"name":…,"shape":…,"datatype":…,"data":[…]}]}` ↔ `{"outputs":[…]}`: the V2 protocol of KServe, MLServer and Triton. */
export const openInference: Protocol = {
  id: "open_inference",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  rowForm: "tensors",
  open: () => '{"id":"',
  close: "]}",
  header: () => null,
  paramsKey: "parameters",
  answerNotation: "tensors",
  answerList: { key: "predictions", bare: true },
};
