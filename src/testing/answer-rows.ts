import type { Protocol } from "../core/protocols/protocol.ts";
import { csvAnswerJson } from "../core/protocols/responses/csv-answer.ts";
import { isErrorObject } from "../core/protocols/responses/error-object.ts";
import { tensorAnswerJson } from "../core/protocols/responses/tensor-answer.ts";
import { ConformanceError, demand } from "./conformance-error.ts";

/** A row's answer: the prediction's text, or the error object's content. */
export type AnswerRow = { readonly prediction: string } | { readonly error: unknown };

/** A response file's rows, line by line. An error object for a whole line is one row here. */
export function answerRows(text: string, protocol: Protocol): AnswerRow[][] {
  if (text === "") return [];
  if (!text.endsWith("\n"))
    throw new ConformanceError("LINES_MISSING", "the last answer line is not ended by a line break");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => rowsOfLine(asJson(line, protocol), protocol));
}

function asJson(line: string, { answerNotation }: Protocol): string {
  if (answerNotation === "json") return line;
  return answerNotation === "csv" ? csvAnswerJson(line) : tensorAnswerJson(line, null);
}

function rowsOfLine(line: string, protocol: Protocol): AnswerRow[] {
  const value: unknown = parse(line);
  const { holds, path, bare } = protocol.predictionPlace;
  if (holds === "value" || isErrorObject(value)) return [answerRow(value, line)];
  const [key = ""] = path;
  const isBare = bare && Array.isArray(value);
  const list: unknown = isBare ? value : isObject(value) ? value[key] : undefined;
  if (!Array.isArray(list))
    throw new ConformanceError("ROWS_LOST", `an answer line has no list of predictions: ${line.slice(0, 200)}`);
  const sources = elementSources(line, isBare ? 0 : line.indexOf("[", line.indexOf(JSON.stringify(key))));
  return list.map((element: unknown, i) => answerRow(element, sources[i] ?? ""));
}

function answerRow(value: unknown, source: string): AnswerRow {
  return isErrorObject(value) ? { error: value.error } : { prediction: source };
}

function parse(line: string): unknown {
  const parsed = tryParse(line);
  demand(parsed !== undefined, "ROWS_LOST", `an answer line is not JSON: ${line.slice(0, 200)}`);
  return parsed.value;
}

function tryParse(line: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(line) as unknown };
  } catch {
    return undefined;
  }
}

/** The text of each element of the list that opens at `at`, without the blanks around it. Predictions of this suite nest at most one level. */
function elementSources(line: string, at: number): string[] {
  const list = line.slice(at + 1);
  const sources: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of list.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},]/g)) {
    const [mark] = token;
    if (mark === "," && depth === 0) {
      sources.push(list.slice(start, token.index).trim());
      start = token.index + 1;
    } else if (mark === "[" || mark === "{") depth += 1;
    else if (mark === "]" || mark === "}") depth -= 1;
    if (depth < 0) return [...sources, list.slice(start, token.index).trim()];
  }
  return sources;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
