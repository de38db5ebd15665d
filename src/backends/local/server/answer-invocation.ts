import { isUtf8 } from "node:buffer";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import type { ModelRow } from "../../../model.ts";
import { scoreRows } from "../model/score-rows.ts";
import { bodyFormat, JSON_LINES_TYPE, JSON_TYPE } from "./content-types.ts";
import { parseCsvRows } from "./parse-csv-rows.ts";
import type { Invocation } from "./parse-invocation.ts";
import { parseInvocation } from "./parse-invocation.ts";
import { parseJsonExact } from "./parse-json-exact.ts";
import type { ServedModel } from "./served-model.ts";
import { ServerError } from "./server-error.ts";
import { writeJson } from "./write-json.ts";
import { writeTensors } from "./write-tensors.ts";

export type Answer = { readonly contentType: string; readonly body: string };

/**
 * Answers the body of `POST /invocations`. A list of rows, also of CSV, is answered by `{"predictions":[…]}`, one bare row by `{"prediction":…}`, V2
 * tensors by V2 tensors. With JSON lines each line is a document of its own and the answer has a line for each, that of a bare row being its
 * prediction itself.
 */
export async function answerInvocation(
  model: ServedModel,
  contentType: string | undefined,
  body: Buffer,
): Promise<Answer> {
  const format = bodyFormat(contentType);
  if (!isUtf8(body)) throw new ServerError(400, "INVALID_JSON", "The request is not valid UTF-8.");
  const text = body.toString();
  if (format === "csv") return answerRows(model, { rows: parseCsvRows(text), single: false });
  if (format === "json-lines") return answerLines(model, text);
  return answerRows(model, parseInvocation(parse(text, "The request"), model.rowOf));
}

async function answerRows(model: ServedModel, { rows, single, tensors }: Invocation): Promise<Answer> {
  const predictions = await scoreRows(model, rows);
  if (tensors !== undefined) return { contentType: JSON_TYPE, body: tensorAnswer(model, tensors.id, predictions) };
  const answer = single ? { prediction: predictions[0] } : { predictions };
  return { contentType: JSON_TYPE, body: write(answer) };
}

/** Predictions that cannot be tensors, such as those of a failed row, are answered as a list, which is not part of V2. */
function tensorAnswer({ description }: ServedModel, id: string | null, predictions: readonly unknown[]): string {
  const head = `{"model_name":${JSON.stringify(description)}${id === null ? "" : `,"id":${JSON.stringify(id)}`},`;
  const outputs = writeTensors(predictions);
  return outputs === null ? `${head}"predictions":${write(predictions)}}` : `${head}"outputs":${outputs}}`;
}

/** All lines go to the model in one call, because a line may hold only one row. */
async function answerLines(model: ServedModel, text: string): Promise<Answer> {
  const lines = text.endsWith("\n") ? text.slice(0, -1) : text;
  if (lines === "") return { contentType: JSON_LINES_TYPE, body: "" };
  const invocations = lines.split("\n").map((line, index) => parseLine(model, line, index));
  const predictions = await scoreRows(
    model,
    invocations.flatMap(({ rows }): readonly ModelRow[] => rows),
  );
  let next = 0;
  const answers = invocations.map(({ rows, single }) => {
    const own = predictions.slice(next, next + rows.length);
    next += rows.length;
    return write(single ? own[0] : { predictions: own });
  });
  return { contentType: JSON_LINES_TYPE, body: `${answers.join("\n")}\n` };
}

function parseLine({ rowOf }: ServedModel, line: string, index: number): Invocation {
  const document = parse(line, `Line ${index + 1} of the request`);
  try {
    return parseInvocation(document, rowOf);
  } catch (thrown) {
    if (!(thrown instanceof ServerError)) throw thrown;
    throw inLine(thrown, index + 1);
  }
}

function parse(text: string, what: string): unknown {
  try {
    return parseJsonExact(text);
  } catch (thrown) {
    throw notJson(what, thrown);
  }
}

function write(value: unknown): string {
  try {
    return writeJson(value);
  } catch (thrown) {
    throw notWritable(thrown);
  }
}

function inLine(error: ServerError, line: number): ServerError {
  return new ServerError(error.status, error.code, `Line ${line}: ${error.message}`, error);
}

function notJson(what: string, thrown: unknown): ServerError {
  return new ServerError(400, "INVALID_JSON", `${what} is not valid JSON: ${messageOf(thrown)}`, thrown);
}

function notWritable(thrown: unknown): ServerError {
  const message = `The model's predictions cannot be written as JSON: ${messageOf(thrown)}`;
  return new ServerError(500, "MODEL_FAILED", message, thrown);
}
