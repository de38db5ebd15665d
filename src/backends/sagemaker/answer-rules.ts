import type { Protocol } from "../../core/protocols/protocol.ts";

/** How a job's answers are to be read. */
export type AnswerRules = {
  readonly protocol: Pick<Protocol, "lineHolds" | "answerNotation">;
  readonly batchStrategy: "SingleRecord" | "MultiRecord";
};
