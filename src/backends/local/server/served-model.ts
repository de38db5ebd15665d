import type { ModelRow } from "../../../model.ts";
import type { NonFinitePolicy } from "../model/non-finite.ts";

/** A loaded model of any kind, as the server sees it. */
export type ServedModel = {
  /** What it is, for logs: `ONNX model flights.onnx (onnxruntime-node)`. */
  readonly description: string;
  /** What the user should know about it, although it works. */
  readonly warnings: readonly string[];
  /** One prediction per row, in order; an object whose only key is `error` means that the row failed. Never called without rows. */
  predict(rows: readonly ModelRow[]): Promise<readonly unknown[]>;
  /**
   * Makes a row of a list of values, because only the model knows its columns. Throws a `ServerError` if there are not as many values as columns.
   * Null if the model does not say which columns it takes, in what order.
   */
  readonly rowOf: ((values: readonly unknown[]) => ModelRow) | null;
  /** @default "refuse" */
  readonly nonFinite?: NonFinitePolicy;
  /** A row that it should be able to score, or null if none is known. */
  readonly example: ModelRow | null;
};
