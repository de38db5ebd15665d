import type { AnswerRow } from "../answer-rows.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import { demand } from "../conformance-error.ts";
import type { ConformanceRow } from "../conformance-rows.ts";
import { numberedRows } from "../conformance-rows.ts";
import { demandId, demandIds, rowsOf } from "./demand-ids.ts";

const LINES = [numberedRows(5), numberedRows(5, 5), numberedRows(5, 10)];
const BAD = 7;

function demandError(row: AnswerRow | undefined, id: string): void {
  demand(
    row !== undefined && "error" in row,
    "ERROR_OBJECT_MISSING",
    `the row ${id} failed, but its answer is ${JSON.stringify(row)}`,
  );
}

function demandOnlyBadFailed(rows: readonly AnswerRow[], asked: readonly ConformanceRow[]): void {
  demand(rows.length === asked.length, "ROWS_LOST", `${asked.length} rows, ${rows.length} answers`);
  for (const [i, { id }] of asked.entries()) {
    if (id === String(BAD)) demandError(rows[i], id);
    else demandId(rows[i], id);
  }
}

export const failureCases: readonly ConformanceCase[] = [
  {
    name: "gives an error object to the one row that makes its request fail",
    requires: (capabilities) => capabilities.isolatesFailedRows,
    script: { failOnRow: BAD },
    async run(trial) {
      const [answered] = await trial.score([LINES]);
      demandOnlyBadFailed(rowsOf(answered), LINES.flat());
    },
  },
  {
    name: "keeps the failure of one request from the others",
    requires: (capabilities) => capabilities.failureUnit === "line",
    concerns: (protocol) => protocol.lineHolds === "batch",
    script: { failOnRow: BAD },
    async run(trial) {
      const [answered] = await trial.score([LINES]);
      demandIds({ retries: 0, lines: answered?.lines.filter((_, i) => i !== 1) ?? [] }, [
        LINES[0] ?? [],
        LINES[2] ?? [],
      ]);
      const failed = answered?.lines[1]?.some((row) => "error" in row) ?? false;
      demand(failed, "ERROR_OBJECT_MISSING", "the line whose request failed has no error object");
    },
  },
  {
    name: "passes on the error object that the model gives for one row",
    script: { reportRow: BAD },
    async run(trial) {
      const [answered] = await trial.score([LINES]);
      demandOnlyBadFailed(rowsOf(answered), LINES.flat());
    },
  },
  {
    name: "sends again what a dropped connection lost",
    script: { dropFirst: 2 },
    async run(trial) {
      const [answered] = await trial.score([LINES]);
      demandIds(answered, LINES);
      demand((answered?.retries ?? 0) > 0, "NOT_RETRIED", "two connections were dropped, and no retry is reported");
      demand(
        trial.events.some((event) => event.type === "retry"),
        "NOT_RETRIED",
        "no retry event was emitted",
      );
    },
  },
];
