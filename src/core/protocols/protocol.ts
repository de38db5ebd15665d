import type { Pairing } from "./pairing/pairing.ts";
import type { PredictionPlace } from "./responses/prediction-place.ts";

export type ProtocolId =
  | "instances"
  | "dataframe_split"
  | "dataframe_records"
  | "records"
  | "json_lines"
  | "csv"
  | "open_inference";

/**
 * How rows become a request line and an answer line becomes predictions: pure data, so that the frame engine can apply it to whole columns.
 * The text of a line is `open(columns)` + rows joined by `,` + `close`.
 */
export type Protocol = {
  readonly id: ProtocolId;
  /** The one Content-Type of a request. */
  readonly contentType: string;
  /** The one Accept value. */
  readonly accept: string;
  /** `batch`: a line holds up to `batch_size` rows. `row`: a line is one row. */
  readonly lineHolds: "batch" | "row";
  /** Whether a request is one line, or up to `batch_size` lines, with as many lines in its response. */
  readonly linesInRequest: "one" | "many";
  /** A row as a JSON object keyed by column, as a JSON array in the order of the columns, as the value of its only column, as a record of CSV, or not at all: rows go by columns, a tensor each. */
  readonly rowForm: "object" | "array" | "value" | "csv" | "tensors";
  /** Text before the rows; in the form of tensors, before the id of the line. */
  open(columns: readonly string[]): string;
  /** Text after the rows. */
  readonly close: string;
  /** A line before the rows of every request, which no request file has; null if there is none. */
  header(columns: readonly string[]): string | null;
  /** The key of a request for the model's parameters, next to the rows; null if it has no place for them. */
  readonly paramsKey: "params" | "parameters" | null;
  /** How answer lines are written. Those of CSV and tensors become JSON first, see `csvAnswerJson` and `tensorAnswerJson`. */
  readonly answerNotation: "json" | "csv" | "tensors";
  /** Where a response line has its predictions. */
  readonly predictionPlace: PredictionPlace;
  /** How predictions find their rows; absent: by position. */
  readonly pairing?: Pairing;
};
