import type { ConformanceCase } from "../conformance-case.ts";
import { demand } from "../conformance-error.ts";
import type { ConformanceRow } from "../conformance-rows.ts";
import { demandId, rowsOf } from "./demand-ids.ts";

const INTEGERS = ["9007199254740993", "-9223372036854775808", "9223372036854775807", "0"];

/** Text that often breaks in transfer: quotes, escapes, line breaks, separators that are not JSON line breaks, a pair of surrogates, combining marks. */
const TEXTS = [
  'say "yes"',
  "back\\slash",
  "two\nlines\r\n",
  "\u2028 and \u2029",
  "🦊 日本語 naïve",
  "e\u0301",
  "\u0000\u001f",
  "[],{}:",
];

/** The text of a row that came back as an object, a list or a record, however its server sets blanks and escapes. */
function textOf(prediction: string): unknown {
  const row: unknown = JSON.parse(prediction);
  if (typeof row !== "object" || row === null) return undefined;
  // The name of the second cell of a CSV record.
  return "text" in row ? row.text : "p1" in row ? row.p1 : Array.isArray(row) ? row[1] : undefined;
}

export const exactnessCases: readonly ConformanceCase[] = [
  {
    name: "carries 64-bit integers digit for digit",
    script: { predicts: "id" },
    async run(trial) {
      const rows = INTEGERS.map((id) => ({ id, text: "" }));
      const [answered] = await trial.score([[rows]]);
      for (const [i, id] of INTEGERS.entries()) demandId(rowsOf(answered)[i], id);
    },
  },
  {
    name: "carries text character for character",
    script: { predicts: "row" },
    async run(trial) {
      // A request of csv has a row on each line, so that no text with a line break gets into one.
      const texts = trial.protocol.rowForm === "csv" ? TEXTS.filter((text) => !/[\r\n]/.test(text)) : TEXTS;
      const rows: ConformanceRow[] = texts.map((text, i) => ({ id: String(i), text }));
      const [answered] = await trial.score([[rows]]);
      for (const [i, { text }] of rows.entries()) {
        const row = rowsOf(answered)[i];
        const got = row !== undefined && "prediction" in row ? textOf(row.prediction) : undefined;
        demand(got === text, "TEXT_CHANGED", `sent ${JSON.stringify(text)}, got ${JSON.stringify(row)}`);
      }
    },
  },
  {
    name: "changes no digit of the rows around a failing one",
    requires: (capabilities) => capabilities.isolatesFailedRows,
    script: { predicts: "id", failOnRow: 0 },
    async run(trial) {
      const rows = INTEGERS.map((id) => ({ id, text: 'a ","} in the text' }));
      const [answered] = await trial.score([[rows]]);
      for (const [i, id] of INTEGERS.entries()) if (id !== "0") demandId(rowsOf(answered)[i], id);
    },
  },
];
