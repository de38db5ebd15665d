import { describe, expect, it } from "vitest";
import type { ProgressState } from "../../../src/cli/progress/progress-state.ts";
import { INITIAL_PROGRESS, nextProgress } from "../../../src/cli/progress/progress-state.ts";
import { progressBlock, progressLine, stageLine } from "../../../src/cli/progress/progress-text.ts";
import { plainStyle } from "../../../src/cli/render/style.ts";
import type { RunProgress } from "../../../src/core/ports/event-sink.ts";

const NOTHING = INITIAL_PROGRESS.progress;

/** The state after these counts were reported, one per second. */
function stateAfter(...counts: readonly Partial<RunProgress>[]): ProgressState {
  const started = nextProgress(INITIAL_PROGRESS, { type: "stage-started", stage: "extract" }, 0);
  return counts.reduce(
    (state, count, index) =>
      nextProgress(state, { type: "progress", progress: { ...NOTHING, ...count } }, 1000 * (index + 1)),
    started,
  );
}

const halfway = stateAfter(
  { inputRows: 4000, scoredRows: 0 },
  { inputRows: 4000, scoredRows: 1000 },
  { inputRows: 4000, scoredRows: 2000, requestBytes: 61_200_000, retries: 3 },
);

describe("the progress of a run", () => {
  it("says nothing of rows before the source has been read", () => {
    expect(progressLine(INITIAL_PROGRESS, 0)).toBe("starting");
    expect(progressBlock(stateAfter(), 1000, 80, plainStyle)).toEqual(["reading the source"]);
  });

  it("says how far it is, how fast, and how long it will take", () => {
    expect(progressLine(halfway, 3000)).toBe(
      "scoring: 2,000 of 4,000 rows (50%), 1,000 rows/s, 61.2 MB of requests, 2 s left, 3 retries",
    );
  });

  it("is two lines on a terminal", () => {
    expect(progressBlock(halfway, 3000, 80, plainStyle)).toEqual([
      "scoring     50%  ████████████░░░░░░░░░░░░  2,000 of 4,000 rows",
      "                1,000 rows/s · 61.2 MB of requests · 2 s left · 3 retries",
    ]);
  });

  it.each([20, 40, 60, 79])("breaks no line of a terminal with %d columns", (width) => {
    for (const line of progressBlock(halfway, 3000, width, plainStyle)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it("says 100% of the whole alone", () => {
    const nearly = stateAfter({ inputRows: 100_000, scoredRows: 99_999 });
    expect(progressLine(nearly, 1000)).toContain("99,999 of 100,000 rows (99%)");
  });

  it("goes on with stitching when every row is scored, and with publishing when that begins", () => {
    const scored = stateAfter({ inputRows: 10, scoredRows: 10, stitchedRows: 4 });
    expect(progressLine(scored, 1000)).toBe("stitching: 4 of 10 rows (40%)");
    const publishing = nextProgress(scored, { type: "stage-started", stage: "publish" }, 2000);
    expect(progressLine(publishing, 2000)).toBe("publishing: 0 of 10 rows (0%)");
  });

  it("shows a table without rows as done", () => {
    expect(progressLine(stateAfter({ inputRows: 0 }), 1000)).toBe("stitching: 0 of 0 rows (100%)");
  });

  it("follows a change of speed", () => {
    const slowing = stateAfter(
      ...Array.from({ length: 20 }, (_, index) => ({ inputRows: 100_000, scoredRows: index * 1000 })),
      ...Array.from({ length: 40 }, (_, index) => ({ inputRows: 100_000, scoredRows: 19_000 + index * 10 })),
    );
    expect(progressLine(slowing, 60_000)).toMatch(/ 10 rows\/s/);
  });

  it("keeps few samples however often counts are reported", () => {
    let state = stateAfter({ inputRows: 1_000_000 });
    for (let index = 0; index < 100_000; index += 1) {
      const progress = { ...NOTHING, inputRows: 1_000_000, scoredRows: index };
      state = nextProgress(state, { type: "progress", progress }, 1000 + index);
    }
    expect(state.samples.length).toBeLessThan(100);
  });

  it("says what a stage has done when it ends", () => {
    expect(stageLine("shard", 4.1, stateAfter({ inputRows: 5, shards: 61, requestBytes: 305_000_000 }))).toBe(
      "shard: 61 shards, 305.0 MB after 4.10 s",
    );
  });
});
