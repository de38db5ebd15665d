import type { ModelRow } from "../../model.ts";

/** A loaded model of any kind, as the server sees it. */
export type ServedModel = {
  /** What it is, for logs: `ONNX model flights.onnx (onnxruntime-node)`. */
  readonly description: string;
  /** What the user should know about it, although it works. */
  readonly warnings: readonly string[];
  /** One prediction a row, in order; an object whose only key is `error` stands for a row that failed. Never called without rows. */
  predict(rows: readonly ModelRow[]): Promise<readonly unknown[]>;
  /** A row that it should be able to score, or null where none is known. */
  readonly example: ModelRow | null;
};
