import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";

/** The smallest job, with what a test adds to it. */
export function sampleJob(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    name: "sample",
    source: { kind: "sql", sql: "select 1 as a" },
    backend: { kind: "local", model: "model.ts" },
    output: { path: "out/sample" },
    ...changes,
  };
}

/** The error that `act` throws. */
export async function errorOf(act: () => unknown): Promise<ScoreframeError> {
  try {
    await act();
  } catch (error) {
    if (ScoreframeError.is(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
