/** A request split into its rows, as they were written, and the text around them. */
export type OpenedRequest = {
  readonly rows: readonly Buffer[];
  /** A request of some of the rows. */
  wrap(rows: readonly Buffer[]): Buffer;
};
