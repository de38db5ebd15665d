import type { RowCause } from "../../../core/protocols/error-object.ts";

/** Why the rows of one request have no predictions: the rows' fault, not the server's. */
export type RowFault = RowCause & {
  /** Whether sending fewer of the rows may help. */
  readonly isolable: boolean;
  /** Where the answer had a wrong count: it, in words. */
  readonly count?: string;
};
