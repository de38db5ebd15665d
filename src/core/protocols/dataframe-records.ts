import type { Protocol } from "./protocol.ts";

/** `{"dataframe_records":[{…},…]}` ↔ `{"predictions":[…]}`: MLflow and Databricks, names sent with every row. */
export const dataframeRecords: Protocol = {
  id: "dataframe_records",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  rowForm: "object",
  open: () => '{"dataframe_records":[',
  close: "]}",
  header: () => null,
  paramsKey: "params",
  answerNotation: "json",
  answerList: { key: "predictions", bare: false },
};
