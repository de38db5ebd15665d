import type { JsonPath } from "../../json/json-pointer.ts";

/** Where a response line has its predictions. */
export type PredictionPlace = {
  /** `list`: one prediction for each row of its request line. `value`: the prediction of the one row. */
  readonly holds: "list" | "value";
  /** The names on the way from the whole line to them; empty if the line is the list or the value itself. */
  readonly path: JsonPath;
  /** Whether the line may also be the list itself. */
  readonly bare: boolean;
  /** Where a response that is one JSON document, not lines, has a list of predictions; absent if a response cannot be one document. */
  readonly document?: JsonPath;
};

export const UNDER_PREDICTIONS: PredictionPlace = { holds: "list", path: ["predictions"], bare: false };
export const BARE_OR_UNDER_PREDICTIONS: PredictionPlace = { ...UNDER_PREDICTIONS, bare: true };
/** As `LINE_ITSELF`, for servers that answer in JSON, too: by themselves under `predictions`, as MLflow and SageMaker's Linear Learner. */
export const LINE_OR_DOCUMENT: PredictionPlace = { holds: "value", path: [], bare: false, document: ["predictions"] };
export const LINE_ITSELF: PredictionPlace = { holds: "value", path: [], bare: false };
