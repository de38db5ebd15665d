import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { RowCause } from "../../../../core/protocols/responses/error-object.ts";

/** Why the rows of one request have no predictions: the rows' fault, not the server's. */
export type RowFault = RowCause & {
  /** Whether sending fewer of the rows may help. */
  readonly isolable: boolean;
  /** The count in words, if the answer had a wrong one. */
  readonly count?: string;
  /** Whether the request is too large or too slow for the server, so that its rows may pass in smaller requests. */
  readonly size?: "too large" | "too slow";
  /** The error that ends the run if the server answers no row at all, because then the rows are not at fault. */
  readonly ends?: ScoreframeError;
};
