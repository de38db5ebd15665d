import { describe, expect, it } from "vitest";
import { exitCodeOfError, exitCodeOfRun } from "../../../src/cli/failures/exit-code.ts";
import { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";

const errorOf = (code: ConstructorParameters<typeof ScoreframeError>[0]) => new ScoreframeError(code, "x").toJSON();

describe("the exit code", () => {
  it("is 0 where every row was scored and published", () => {
    expect(exitCodeOfRun({ status: "succeeded", error: null })).toBe(0);
  });

  it("is 3 where the table was published without some rows", () => {
    expect(exitCodeOfRun({ status: "succeeded_with_dead_letters", error: null })).toBe(3);
  });

  it("is 4 where the run was stopped", () => {
    expect(exitCodeOfRun({ status: "incomplete", error: errorOf("RUN_CANCELLED") })).toBe(4);
    expect(exitCodeOfRun({ status: "cancelled", error: errorOf("RUN_CANCELLED") })).toBe(4);
    expect(exitCodeOfError("RUN_CANCELLED")).toBe(4);
  });

  it("is 2 where a run failed for what its job says", () => {
    expect(exitCodeOfRun({ status: "failed", error: errorOf("COLUMN_UNKNOWN") })).toBe(2);
  });

  it("is 1 where a run failed for anything else", () => {
    expect(exitCodeOfRun({ status: "failed", error: errorOf("BACKEND_UNREACHABLE") })).toBe(1);
    expect(exitCodeOfRun({ status: "failed", error: null })).toBe(1);
  });
});
