import type { ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import type { RowCause } from "../../../../core/protocols/responses/error-object.ts";

/** Why the rows of one request have no predictions: the rows' fault, not the server's. */
export type RowFault = RowCause & {
  /** Whether sending fewer of the rows may help. */
  readonly isolable: boolean;
  /** Where the answer had a wrong count: it, in words. */
  readonly count?: string;
  /** Whether the server rejects or does not manage the size of the request, so that any rows in smaller requests may pass. */
  readonly size?: "too large" | "too slow";
  /** What ends the run if the server answers no row at all: then it is not the rows' fault. */
  readonly ends?: ScoreframeError;
};
