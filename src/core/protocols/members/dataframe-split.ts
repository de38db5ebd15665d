import type { Protocol } from "../protocol.ts";
import { UNDER_PREDICTIONS } from "../responses/prediction-place.ts";

/** `{"dataframe_split":{"columns":[…],"data":[[…],…]}}` ↔ `{"predictions":[…]}`: MLflow and Databricks, names sent once per request. */
export const dataframeSplit: Protocol = {
  id: "dataframe_split",
  contentType: "application/json",
  accept: "application/json",
  lineHolds: "batch",
  linesInRequest: "one",
  rowForm: "array",
  open: (columns) => `{"dataframe_split":{"columns":${JSON.stringify(columns)},"data":[`,
  close: "]}}",
  header: () => null,
  paramsKey: "params",
  answerNotation: "json",
  predictionPlace: UNDER_PREDICTIONS,
};
