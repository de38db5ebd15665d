import type { Answer } from "./answer.ts";
import type { Payload } from "./payload.ts";

/** One planned request, and how its answer becomes a part of the output. */
export type Exchange = {
  readonly payload: Payload;
  /** What is written for the answer. Throws a `JobFailure` if it cannot be joined. */
  assemble(answer: Answer): Promise<Answer>;
  /** What follows it. */
  readonly end: Buffer;
};
