/**
 * The definition of a model in TypeScript or JavaScript. Imports nothing, so that a model's module stays light.
 */

/** A row as the model receives it: its columns by name. Integers beyond 2^53 arrive as `bigint`, so that no digit is lost. */
export type ModelRow = Readonly<Record<string, unknown>>;

export type ModelContext = {
  /** Absolute path of the folder that holds the model's module, for files next to it. */
  readonly directory: string;
  /** Writes a line to the model's log; so does `console`. */
  log(message: string): void;
};

/**
 * Marks one row as failed in the place of its prediction: that row is dead-lettered with this text, the others
 * keep their predictions.
 */
export type FailedRow = { readonly error: string };

export type Model<State, Row extends object, Prediction> = {
  /** Called once, before the first row. What it returns (or resolves to) is passed to every `predict`. */
  load?(context: ModelContext): State | Promise<State>;
  /**
   * Returns one prediction per row, in the order of the rows: a scalar, a list, an object, null, or `{ error: "…" }` for a row that cannot
   * be scored. May be async. What it throws fails all rows of the request.
   */
  predict(
    rows: readonly Row[],
    state: State,
  ): readonly (Prediction | FailedRow)[] | Promise<readonly (Prediction | FailedRow)[]>;
  /** A row that the model can score: what `scoreframe serve --dry-run` tries before an image is shipped. */
  readonly example?: Row;
};

/** Types a model, its state and rows inferred. The same module serves batch runs and real-time requests. */
export function defineModel<State = undefined, Row extends object = ModelRow, Prediction = unknown>(
  model: Model<State, Row, Prediction>,
): Model<State, Row, Prediction> {
  return model;
}
