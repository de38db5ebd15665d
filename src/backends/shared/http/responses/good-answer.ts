import type { Protocol } from "../../../../core/protocols/protocol.ts";
import type { NonFinite } from "../http-session-options.ts";
import type { SentRequest } from "../isolation/sent-rows.ts";

/** An answer that may be kept. */
export type GoodAnswer = {
  /** The response lines, each ended by `\n`. */
  readonly lines: Buffer;
  /** The number of predictions, which is the number of rows sent. */
  readonly count: number;
  /** The predictions as JSON.parse reads them; null if they are cells of CSV. */
  readonly values: readonly unknown[] | null;
  /** The text of each row's prediction, cut out of the answer. */
  predictions(): Buffer[];
};

/** The parts of a request that the check needs. */
export type Question = {
  readonly protocol: Protocol;
  readonly nonFinite: NonFinite;
  /** The request's id, if its protocol has one; null if it is unknown. */
  id(): string | null;
  /** Whether this number of predictions may be right, without counting the rows sent, which would be a pass over the request. */
  expects(predictions: number): boolean;
  /** Rows in the request. */
  rows(): number;
  /** The request. */
  sent(): SentRequest;
};
