import type { ExactJson } from "../../json/exact-json.ts";
import { stringifyExact } from "../../json/exact-json.ts";
import { shown } from "../../run/verify/compare-predictions.ts";
import type { DifferentRow } from "../../run/verify/different-rows.ts";
import { describeRow } from "../../run/verify/sampled-rows.ts";
import { counted } from "../../util/counted.ts";
import type { CheckItem } from "./check-item.ts";
import type { CheckedSample, SamplePass } from "./check-sample.ts";

/** What `check` prints of a sample that was asked again. */
export function describeCheck(checked: CheckedSample): CheckItem[] {
  const { rows, passes, random } = checked;
  if (passes.length === 0) return [];
  const failures = passes.flatMap((pass) => failureItem(pass, rows.length));
  const different = differentIn(passes);
  if (different.length === 0) {
    const hows = passes
      .filter(({ answers }) => answers.every((answer) => "prediction" in answer))
      .map(({ how }) => how);
    const detail = `${counted(rows.length, "row")} got the same predictions ${hows.join(", ")}`;
    return [...(hows.length === 0 ? [] : [{ name: "predictions", status: "ok" as const, detail }]), ...failures];
  }
  if (random !== null) {
    const [first, second] = random.answers.map(shown);
    const detail =
      `The model is not deterministic: the same request for ${describeRow(random.row)}, was answered with ${first} and with ${second}. ` +
      "Whether its predictions belong to their rows cannot be checked. If that is intended, set verify to false.";
    return [{ name: "predictions", status: "warning", detail }, ...failures];
  }
  return [{ name: "predictions", status: "failed", detail: wrongPredictions(checked, different) }, ...failures];
}

/** Rows that failed in a pass. */
function failureItem({ how, answers }: SamplePass, rows: number): CheckItem[] {
  const failures = answers.flatMap((answer) => ("failure" in answer ? [answer.failure] : []));
  const [first] = failures;
  if (first === undefined) return [];
  const detail = `${failures.length} of ${counted(rows, "row")} got no prediction ${how}, though they got one before: ${first}`;
  return [{ name: "predictions", status: "warning", detail }];
}

/** The rows that differ in any pass, each once. */
function differentIn(passes: readonly SamplePass[]): DifferentRow[] {
  const byIndex = new Map<number, DifferentRow>();
  for (const { different } of passes)
    for (const row of different) if (!byIndex.has(row.index)) byIndex.set(row.index, row);
  return [...byIndex.values()].sort((a, b) => a.index - b.index);
}

const MOST_NAMED = 10;

function wrongPredictions(checked: CheckedSample, different: readonly DifferentRow[]): string {
  const { rows, before, rowsPerRequest, passes } = checked;
  const [first] = different as [DifferentRow];
  const numbers = different.map(({ index }) => index);
  const named = `${numbers.slice(0, MOST_NAMED).join(", ")}${numbers.length > MOST_NAMED ? ", …" : ""}`;
  const others = passes.map((pass) => `${textAt(pass, first.index)} ${pass.how}`);
  return (
    `${different.length} of ${counted(rows.length, "row")} got another prediction in another order or in requests of another size (${named} of the sample). ` +
    `For example ${describeRow(first.chosen)}: ${shown(before[first.index] as ExactJson)} in a request of ${counted(rowsPerRequest, "row")}, ${others.join(", ")}. ` +
    `${patternOf(checked, different)} Fix the model or the server so that each row gets its own prediction, in the order of the rows; ` +
    "or set requests.batch_size to 1, or response.key if each prediction names its row."
  );
}

function textAt({ answers }: SamplePass, index: number): string {
  const answer = answers[index];
  return answer !== undefined && "prediction" in answer ? shown(answer.prediction) : "no prediction";
}

/** What the predictions look like, by those that the rows get alone. */
function patternOf({ before, passes }: CheckedSample, different: readonly DifferentRow[]): string {
  const texts = before.map(plainText);
  if (new Set(texts).size === 1) return "All rows of a request got the prediction of one of them.";
  const alone = passes.find(({ how }) => how === "alone") ?? passes[0];
  const swapped = different.map(({ index }) => {
    const answer = alone?.answers[index];
    const own = answer !== undefined && "prediction" in answer ? plainText(answer.prediction) : null;
    return texts.findIndex((text, other) => other !== index && text === own);
  });
  if (swapped.every((other) => other !== -1)) {
    const [row] = different as [DifferentRow];
    return `They are in another order than the rows: row ${swapped[0]} got what row ${row.index} gets ${alone?.how}.`;
  }
  return "They depend on the other rows of the request.";
}

/** `3` and `3.0` are one. */
function plainText(prediction: ExactJson): string {
  return JSON.stringify(JSON.parse(stringifyExact(prediction)));
}
