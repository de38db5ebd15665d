import type { Payload } from "./payload.ts";

/** One request as it was planned, and how its answer becomes a part of the output. */
export type Exchange = {
  readonly payload: Payload;
  /** Throws a `JobFailure` where the answer cannot be joined. */
  assemble(answer: Buffer): Buffer;
};
