import type { Protocol } from "../protocol.ts";
import { UNDER_PREDICTIONS } from "../responses/prediction-place.ts";

/** `{"dataframe_records":[{…},…]}` ↔ `{"predictions":[…]}`: MLflow and Databricks, names sent with every row. */
export const dataframeRecords: Protocol = {
  id: "dataframe_records",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  linesInRequest: "one",
  rowForm: "object",
  open: () => '{"dataframe_records":[',
  close: "]}",
  header: () => null,
  paramsKey: "params",
  answerNotation: "json",
  predictionPlace: UNDER_PREDICTIONS,
};
