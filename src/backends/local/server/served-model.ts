import type { ModelRow } from "../../../model.ts";

/** A loaded model of any kind, as the server sees it. */
export type ServedModel = {
  /** What it is, for logs: `ONNX model flights.onnx (onnxruntime-node)`. */
  readonly description: string;
  /** What the user should know about it, although it works. */
  readonly warnings: readonly string[];
  /** One prediction a row, in order; an object whose only key is `error` stands for a row that failed. Never called without rows. */
  predict(rows: readonly ModelRow[]): Promise<readonly unknown[]>;
  /**
   * The row that a list of values is, whose columns only the model knows. Throws a `ServerError` if they are not as many as its columns. Null if it
   * does not say which columns it takes, in what order.
   */
  readonly rowOf: ((values: readonly unknown[]) => ModelRow) | null;
  /** A row that it should be able to score, or null where none is known. */
  readonly example: ModelRow | null;
};
