import type { JsonPath } from "../json/json-pointer.ts";
import type { BodyShape } from "./body-shape.ts";
import type { Pairing } from "./pairing/pairing.ts";

/** What a job says of its requests beyond their protocol. Plain data, because it is sent to worker threads. */
export type RequestOptions = {
  /** Sent with the rows of every request; null sends none. */
  readonly params: Readonly<Record<string, unknown>> | null;
  readonly nonFinite: NonFiniteFeatures;
  /** Whether each request of `csv` begins with a line of the columns' names. */
  readonly csvHeader: boolean;
  /** Name of the one tensor that holds all features of a request of `open_inference`; null if each has its own. */
  readonly tensor: string | null;
  /** The job's own shape of request bodies; null is the protocol's. */
  readonly shape: BodyShape | null;
  /** Where the job says that the predictions are in a response; null is the protocol's place. */
  readonly predictions: JsonPath | null;
  /** How predictions find their rows; null: by position. */
  readonly pairing: Pairing | null;
};

/** How NaN and infinities among the features are sent: as null, as the texts `NaN`, `Infinity` and `-Infinity`, or not at all. */
export type NonFiniteFeatures = "null" | "text" | "error";

export const DEFAULT_REQUEST_OPTIONS: RequestOptions = {
  params: null,
  nonFinite: "null",
  csvHeader: true,
  tensor: null,
  shape: null,
  predictions: null,
  pairing: null,
};
