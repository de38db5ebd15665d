import type { ExactJson } from "../../../core/json/exact-json.ts";
import { isExactObject, parseExact, stringifyExact } from "../../../core/json/exact-json.ts";
import { parseRecord } from "../../../core/protocols/csv-records.ts";
import { seeLogs } from "../transform/job-failure.ts";

/** How a record is parsed and written again. Numbers keep every digit, cells of CSV their spelling. */
export type RecordFormat = {
  /** Throws a `JobFailure` if the text is not in this format. */
  parse(text: string, whose: "algorithm" | "input"): ExactJson;
  print(value: ExactJson): string;
  join(input: ExactJson, output: ExactJson): ExactJson;
};

const JSON_RECORDS: RecordFormat = {
  parse(text, whose) {
    try {
      return parseExact(text);
    } catch {
      throw unreadable(text, whose, "JSON");
    }
  },
  print: stringifyExact,
  // Only an object can take a further attribute.
  join: (input, output) =>
    isExactObject(input) ? { ...input, SageMakerOutput: output } : { SageMakerInput: input, SageMakerOutput: output },
};

/** A row is a list of its cells, each as it is spelled. */
const CSV_RECORDS: RecordFormat = {
  parse(text, whose) {
    if (/[\r\n]/.test(text)) throw unreadable(text, whose, "CSV");
    return parseRecord(text).map((cell) => (cell.quoted ? `"${cell.text.replaceAll('"', '""')}"` : cell.text));
  },
  print: (value) => (Array.isArray(value) ? value : [value]).join(","),
  join: (input, output) => [...(input as readonly ExactJson[]), ...(output as readonly ExactJson[])],
};

export const RECORD_FORMATS: Readonly<Record<string, RecordFormat>> = {
  "application/json": JSON_RECORDS,
  "application/jsonlines": JSON_RECORDS,
  "text/csv": CSV_RECORDS,
};

function unreadable(text: string, whose: "algorithm" | "input", format: string): Error {
  const what = whose === "algorithm" ? "output from the algorithm" : "input";
  return seeLogs("ClientError", [`Failed to parse ${what} as ${format}: ${text.slice(0, 200)}`]);
}
