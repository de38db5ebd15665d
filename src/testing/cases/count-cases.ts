import type { ConformanceCase } from "../conformance-case.ts";
import { demand } from "../conformance-error.ts";
import { numberedRows } from "../conformance-rows.ts";
import type { Trial } from "../trial.ts";

const LINES = [numberedRows(5), numberedRows(3, 5)];

/**
 * It is then unknown which prediction belongs to which row, so no row may look scored: each row is an error object, or the line shows the
 * wrong count, which is found when answers and rows are joined.
 */
async function demandNoPrediction(trial: Trial): Promise<void> {
  const [answered] = await trial.score([LINES]);
  const rowsInLines = trial.protocol.lineHolds === "row" ? LINES.flat().map(() => 1) : LINES.map((rows) => rows.length);
  for (const [i, rows] of rowsInLines.entries()) {
    const line = answered?.lines[i] ?? [];
    const scored = line.filter((row) => "prediction" in row).length;
    demand(
      line.length !== rows || scored === 0,
      "WRONG_COUNT_PASSED",
      `line ${i} has ${scored} predictions that look right`,
    );
  }
}

export const countCases: readonly ConformanceCase[] = [
  {
    name: "lets no row look scored when an answer has a prediction too few",
    concerns: (protocol) => protocol.lineHolds === "batch",
    script: { surplus: -1 },
    run: demandNoPrediction,
  },
  {
    name: "lets no row look scored when an answer has a prediction too many",
    concerns: (protocol) => protocol.lineHolds === "batch",
    script: { surplus: 1 },
    run: demandNoPrediction,
  },
  {
    name: "lets no row look scored when an answer has a line too few",
    concerns: (protocol) => protocol.lineHolds === "row",
    script: { surplus: -1 },
    run: demandNoPrediction,
  },
  {
    name: "lets no row look scored when an answer has a line too many",
    concerns: (protocol) => protocol.lineHolds === "row",
    script: { surplus: 1 },
    run: demandNoPrediction,
  },
];
