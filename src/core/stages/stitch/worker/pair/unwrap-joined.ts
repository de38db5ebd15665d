import { ScoreframeError } from "../../../../errors/scoreframe-error.ts";
import type { ExactJson, ExactObject } from "../../../../json/exact-json.ts";
import { exactField, isExactObject, parseExact, stringifyExact } from "../../../../json/exact-json.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { pl } from "../../../../polars/polars.ts";
import type { CsvCell } from "../../../../protocols/csv-records.ts";
import { cellsText, parseRecord } from "../../../../protocols/csv-records.ts";
import type { Protocol } from "../../../../protocols/protocol.ts";
import { errorObjectText, readErrorObject } from "../../../../protocols/responses/error-object.ts";
import { anyLineContains } from "../../../../responses/read/read-units.ts";

/** Keys under which SageMaker's `JoinSource=Input` puts the answer of the container, and an input that is no object. */
const OUTPUT = "SageMakerOutput";
const INPUT = "SageMakerInput";

type Joining = {
  readonly answerFile: string;
  /** Whether answers hold their requests, too; null if only their form says so. */
  readonly joined: boolean | null;
  /** Whether they hold them whole: no output filter has left fields out. */
  readonly whole?: boolean;
  readonly protocol: Pick<Protocol, "answerNotation">;
};

/**
 * The answers alone, of lines (a column `line`) that hold their requests, too. An answer that was joined with another request becomes an error
 * of its rows. JSON shows that it was joined; of CSV whose answers all begin with their requests that has to be said, or `RESPONSE_INVALID`.
 */
export function unwrapJoined(answers: DataFrame, requests: DataFrame, joining: Joining): DataFrame {
  if (joining.joined === false || answers.height === 0) return answers;
  if (anyLineContains(answers, `"${OUTPUT}"`)) return mapLines(answers, requests, joining, outputOfObject(joining));
  if (joining.protocol.answerNotation === "csv") return unwrapRecords(answers, requests, joining);
  return joining.joined === null ? answers : mapLines(answers, requests, joining, outputOfObject(joining));
}

type Unwrap = (answer: string, request: string, where: string) => string;

function mapLines(answers: DataFrame, requests: DataFrame, { answerFile }: Joining, unwrap: Unwrap): DataFrame {
  const asked = textsOf(requests);
  const texts = textsOf(answers).map((answer, line) =>
    unwrap(answer, asked[line] ?? "", `Answer file ${answerFile}, line ${line}`),
  );
  return pl.DataFrame([pl.Series("line", texts, pl.Utf8)]);
}

function textsOf(lines: DataFrame): string[] {
  return (lines.getColumn("line").toArray() as (string | null)[]).map((text) => text ?? "");
}

/** What is no JSON stays as it is: why it cannot be read is found out later. */
function outputOfObject({ whole = false }: Joining): Unwrap {
  return (answer, request, where) => {
    const parsed = parse(answer);
    if (parsed === undefined || readErrorObject(parsed) !== null) return answer;
    if (!isExactObject(parsed) || !Object.hasOwn(parsed, OUTPUT)) {
      return failure("RESPONSE_INVALID", `${where}: the answer has no "${OUTPUT}", as the others of its file have.`);
    }
    const { [OUTPUT]: output, ...echoed } = parsed as ExactObject;
    const sent = parse(request);
    if (!isEcho(echoed, sent) || (whole && !isWhole(echoed, sent))) return foreign(where);
    return stringifyExact(output as ExactJson);
  };
}

function isWhole(echoed: ExactObject, request: ExactJson | undefined): boolean {
  const isObject = request !== undefined && isExactObject(request);
  return isObject ? Object.keys(request).every((key) => Object.hasOwn(echoed, key)) : Object.hasOwn(echoed, INPUT);
}

/** Whether all that is left of a request, of which an output filter may have taken parts, is as it was sent. */
function isEcho(echoed: ExactObject, request: ExactJson | undefined): boolean {
  if (request === undefined) return Object.keys(echoed).length === 0;
  if (!isExactObject(request)) return !Object.hasOwn(echoed, INPUT) || isSame(echoed[INPUT] as ExactJson, request);
  return Object.entries(echoed).every(([key, value]) => isSame(value, exactField(request, key)));
}

/** Numbers may have been written again: 1.0 as 1, and integers beyond 2^53 as the nearest double. */
function isSame(left: ExactJson, right: ExactJson | undefined): boolean {
  if (right === undefined) return false;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((each, at) => isSame(each as ExactJson, right[at] as ExactJson))
    );
  }
  if (isExactObject(left)) {
    if (!isExactObject(right) || Object.keys(left).length !== Object.keys(right).length) return false;
    return Object.entries(left).every(([key, value]) => isSame(value, exactField(right, key)));
  }
  const [a, b] = [stringifyExact(left), stringifyExact(right)];
  return (
    a === b ||
    (typeof left === "object" &&
      typeof right === "object" &&
      left !== null &&
      right !== null &&
      Number(a) === Number(b))
  );
}

function unwrapRecords(answers: DataFrame, requests: DataFrame, joining: Joining): DataFrame {
  if (joining.joined === null) {
    if (allBeginWithRequests(answers, requests)) throw undecided(joining.answerFile);
    return answers;
  }
  return mapLines(answers, requests, joining, (answer, request, where) => {
    if (readErrorObject(parse(answer) ?? null) !== null) return answer;
    const [cells, asked] = [parseRecord(answer), parseRecord(request)];
    return beginsWith(cells, asked) ? cellsText(cells.slice(asked.length)) : foreign(where);
  });
}

function allBeginWithRequests(answers: DataFrame, requests: DataFrame): boolean {
  const asked = textsOf(requests);
  return textsOf(answers).every((answer, line) => beginsWith(parseRecord(answer), parseRecord(asked[line] ?? "")));
}

/** Whether cells of an answer begin with those of a request, and others are behind them. */
function beginsWith(cells: readonly CsvCell[], request: readonly CsvCell[]): boolean {
  return (
    cells.length > request.length && request.every(({ text }, at) => isSameCell(text, (cells[at] as CsvCell).text))
  );
}

function isSameCell(left: string, right: string): boolean {
  return left === right || (left.trim() !== "" && right.trim() !== "" && Number(left) === Number(right));
}

function parse(text: string): ExactJson | undefined {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}

function foreign(where: string): string {
  return failure("ECHOED_ID_MISMATCH", `${where}: the answer was joined with another request than that of its line.`);
}

function failure(code: "RESPONSE_INVALID" | "ECHOED_ID_MISMATCH", message: string): string {
  return errorObjectText({ code, message, attempts: 1 });
}

function undecided(answerFile: string): ScoreframeError {
  return new ScoreframeError(
    "RESPONSE_INVALID",
    `Every answer of ${answerFile} begins with the cells of its request, as JoinSource=Input writes them. ` +
      "Set joined: true (--joined) to leave these cells out, or joined: false (--no-joined) if they are predictions.",
    { operation: "stitch", option: "joined", details: { answerFile } },
  );
}
