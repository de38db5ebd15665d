import type { ExactJson } from "../../../core/json/exact-json.ts";
import type { CreateTransformJobInput } from "../shapes/transform-job.ts";
import { seeLogs } from "../transform/job-failure.ts";
import { parseJsonPath, select } from "./json-path.ts";
import type { RecordFormat } from "./record-format.ts";
import { RECORD_FORMATS } from "./record-format.ts";

/** A record on its way to the model. */
export type ProcessedRecord = {
  readonly body: Buffer;
  /** Unchanged; null if the answer does not need it. */
  readonly source: ExactJson | null;
};

export type RecordProcessor = {
  /** Takes the record with the line end that it may have; what is sent has a newline if `isLine`. */
  prepare(record: Buffer, isLine: boolean): ProcessedRecord;
  /** The records of the output, without line ends; as many as were sent. */
  finish(records: readonly ProcessedRecord[], answer: Buffer): readonly string[];
};

/** The three members of DataProcessing, with their defaults. */
export function processingOf({ DataProcessing = {} }: CreateTransformJobInput) {
  const { InputFilter = "$", OutputFilter = "$", JoinSource = "None" } = DataProcessing;
  return { inputFilter: InputFilter, outputFilter: OutputFilter, joins: JoinSource === "Input" };
}

/** Null if records go through as they are. Throws a `JobFailure` for a filter that cannot be read. */
export function createProcessor(input: CreateTransformJobInput): RecordProcessor | null {
  const { inputFilter, outputFilter, joins } = processingOf(input);
  if (inputFilter === "$" && outputFilter === "$" && !joins) return null;
  const [before, after] = [parseJsonPath(inputFilter), parseJsonPath(outputFilter)];
  const format = RECORD_FORMATS[mediaType(input.TransformInput.ContentType)] as RecordFormat;
  return {
    prepare(record, isLine) {
      const text = textOf(record, "input");
      const source = format.parse(text, "input");
      const sent = inputFilter === "$" ? text : format.print(select(source, before));
      return { body: Buffer.from(isLine ? `${sent}\n` : sent), source: joins ? source : null };
    },
    finish(records, answer) {
      const text = textOf(answer, "algorithm");
      const answers = records.length === 1 ? [text] : text.split(/\r?\n/);
      if (answers.length !== records.length) {
        throw seeLogs("ClientError", [`${records.length} records were sent and ${answers.length} came back`]);
      }
      return records.map(({ source }, index) => {
        const output = format.parse(answers[index] as string, "algorithm");
        return format.print(select(source === null ? output : format.join(source, output), after));
      });
    },
  };
}

/** `text/csv; charset=utf-8` is text/csv. */
export function mediaType(header: string | undefined): string {
  return (header ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Without the line end behind it. Throws a `JobFailure` if it is not UTF-8. */
function textOf(bytes: Buffer, whose: "algorithm" | "input"): string {
  try {
    return UTF8.decode(bytes).replace(/\r?\n$/, "");
  } catch {
    const what = whose === "algorithm" ? "output from the algorithm" : "input";
    throw seeLogs("ClientError", [`Failed to parse ${what}: it is not UTF-8`]);
  }
}
