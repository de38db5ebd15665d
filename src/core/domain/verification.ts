/** What was found when some rows were sent to the model again; written to run.json unchanged. */
export type Verification = {
  /** Rows that were sent again. */
  readonly rows: number;
  /** Rows that got no prediction alone, though they got one with others. */
  readonly failed_alone: number;
  /** Rows that got another prediction. They are published only if the model is not deterministic. */
  readonly different: number;
  /** The largest relative difference of two numbers of a row that count as the same, or of all if the model is not deterministic. */
  readonly largest_difference: number;
  /** Whether the same request gets the same predictions; null if that was not asked, because nothing differed. */
  readonly deterministic: boolean | null;
  readonly seconds: number;
  /** Why no row was sent again; null if some were. */
  readonly skipped: string | null;
};

export function skippedVerification(reason: string): Verification {
  return {
    rows: 0,
    failed_alone: 0,
    different: 0,
    largest_difference: 0,
    deterministic: null,
    seconds: 0,
    skipped: reason,
  };
}
