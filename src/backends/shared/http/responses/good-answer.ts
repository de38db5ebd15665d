import type { Protocol } from "../../../../core/protocols/protocol.ts";
import type { NonFinite } from "../http-session-options.ts";
import type { SentRequest } from "../isolation/sent-rows.ts";

/** An answer that may be kept. */
export type GoodAnswer = {
  /** The response lines, each ended by `\n`. */
  readonly lines: Buffer;
  /** Predictions in it, as many as rows were sent. */
  readonly count: number;
  /** The predictions as JSON.parse reads them; null if they are cells of CSV. */
  readonly values: readonly unknown[] | null;
  /** The text of each row's prediction, cut out of the answer. */
  predictions(): Buffer[];
};

/** What was asked, as far as the check needs it. */
export type Question = {
  readonly protocol: Protocol;
  readonly nonFinite: NonFinite;
  /** What the request is called, where its protocol names requests; null where nobody knows. */
  id(): string | null;
  /** Whether so many predictions may be right without counting the rows sent: counting is a pass over the request. */
  expects(predictions: number): boolean;
  /** Rows in the request. */
  rows(): number;
  /** The request. */
  sent(): SentRequest;
};
