import { Agent, fetch } from "undici";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { isErrorObject } from "../../../core/protocols/responses/error-object.ts";
import { parseJsonExact } from "../server/parse-json-exact.ts";
import { writeJson } from "../server/write-json.ts";

/** Both as JSON text, which keeps every digit. */
export type ScoredExample = { readonly example: string; readonly prediction: string };

/**
 * Sends one row to a model that listens: `given` (JSON text), or else the model's own example. Throws `USAGE` if there is no row to send, and
 * another error unless exactly one prediction comes back that is not an error.
 */
export async function scoreExample(
  model: { readonly url: string; readonly example: unknown },
  given: string | undefined,
): Promise<ScoredExample> {
  const example = given === undefined ? model.example : parseExample(given);
  if (example === null) {
    throw new ScoreframeError(
      "USAGE",
      `The model names no example to score. Give one as JSON, such as --example '{"distance": 944}', or add \`example\` to its defineModel.`,
    );
  }
  const answer = await post(model.url, writeJson({ instances: [example] }));
  return { example: writeJson(example), prediction: writeJson(onePrediction(answer)) };
}

function parseExample(text: string): unknown {
  try {
    const example = parseJsonExact(text);
    if (typeof example === "object" && example !== null && !Array.isArray(example)) return example;
  } catch (thrown) {
    throw notAnExample(messageOf(thrown));
  }
  throw notAnExample("it is no object");
}

function notAnExample(reason: string): ScoreframeError {
  return new ScoreframeError("USAGE", `The example must be one row as a JSON object: ${reason}.`);
}

async function post(url: string, body: string): Promise<string> {
  // The model is on this machine, whatever proxy the environment names.
  const dispatcher = new Agent();
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body, dispatcher });
  const text = await response.text();
  await dispatcher.destroy();
  if (response.ok) return text;
  throw new ScoreframeError(
    "BACKEND_REFUSED",
    `The model did not score the example: status ${response.status}, ${text.slice(0, 1000)}`,
    { operation: "score example", status: response.status },
  );
}

function onePrediction(text: string): unknown {
  const predictions = predictionsOf(text);
  if (predictions === null || predictions.length !== 1) {
    throw new ScoreframeError(
      "RESPONSE_INVALID",
      `The model was sent one row and answered ${text.slice(0, 1000)}, which is not {"predictions":[…]} with one element.`,
      { operation: "score example" },
    );
  }
  const [prediction] = predictions;
  if (isErrorObject(prediction)) {
    throw new ScoreframeError("ROW_FAILED", `The model could not score the example: ${writeJson(prediction.error)}`, {
      operation: "score example",
    });
  }
  return prediction;
}

function predictionsOf(text: string): readonly unknown[] | null {
  try {
    const answer = parseJsonExact(text);
    const isObject = typeof answer === "object" && answer !== null && "predictions" in answer;
    return isObject && Array.isArray(answer.predictions) ? answer.predictions : null;
  } catch {
    return null;
  }
}
