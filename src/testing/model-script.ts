/**
 * What the model behind a backend does in one case: plain data, so that a harness can pass it to another process. Rows have an integer `id` and
 * a `text`. A model without a script predicts each row's id.
 */
export type ModelScript = {
  /** A row's prediction: its `id`, or the row as it came, digit for digit. @default "id" */
  readonly predicts?: "id" | "row";
  /** The delay of every answer. */
  readonly delayMs?: number;
  /** An additional delay of a request with this row. */
  readonly slowRow?: { readonly id: number; readonly ms: number };
  /** A request with this row fails as a whole, each time (a model that throws; status 500). */
  readonly failOnRow?: number;
  /** This row is answered with `{"error":"bad row"}`, the others of its request as usual. */
  readonly reportRow?: number;
  /** Each answer has one prediction (or line) too many or too few. */
  readonly surplus?: 1 | -1;
  /** How many of the first requests lose their connection in the middle of the answer. */
  readonly dropFirst?: number;
  /** Never answers. */
  readonly hangs?: boolean;
};
