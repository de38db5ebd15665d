import type { Protocol } from "../protocol.ts";
import { LINE_OR_DOCUMENT } from "../responses/prediction-place.ts";

/** One record of RFC 4180 per row and line ↔ one record per line: SageMaker's built-in algorithms; MLflow, which answers in JSON. */
export const csv: Protocol = {
  id: "csv",
  contentType: "text/csv",
  accept: "text/csv",
  lineHolds: "row",
  linesInRequest: "many",
  rowForm: "csv",
  open: () => "",
  close: "",
  header: (columns) => columns.map(csvText).join(","),
  paramsKey: null,
  answerNotation: "csv",
  predictionPlace: LINE_OR_DOCUMENT,
};

/** A text as a cell, in quotes if it needs them. An empty text is in quotes, because an empty cell is null. */
function csvText(text: string): string {
  return /^$|[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
