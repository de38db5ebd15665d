import type { Protocol } from "../protocol.ts";
import { LINE_ITSELF } from "../responses/prediction-place.ts";

/** One JSON object per row and line ↔ one JSON value per line: SageMaker's `application/jsonlines`. */
export const jsonLines: Protocol = {
  id: "json_lines",
  contentType: "application/jsonlines",
  accept: "application/jsonlines",
  lineHolds: "row",
  linesInRequest: "many",
  rowForm: "object",
  open: () => "",
  close: "",
  header: () => null,
  paramsKey: null,
  answerNotation: "json",
  predictionPlace: LINE_ITSELF,
};
