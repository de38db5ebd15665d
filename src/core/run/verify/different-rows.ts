import type { ExactJson } from "../../json/exact-json.ts";
import type { ComparePredictions } from "./compare-predictions.ts";
import type { ReadPrediction } from "./read-predictions.ts";
import type { ChosenRow } from "./sampled-rows.ts";

/** Rows with what they were answered in the run and again. */
export type ComparedRows = {
  readonly chosen: readonly ChosenRow[];
  readonly before: readonly ExactJson[];
  readonly again: readonly ReadPrediction[];
  readonly compare: ComparePredictions;
};

/** A row that was answered in two ways. */
export type DifferentRow = {
  /** Among the compared rows. */
  readonly index: number;
  readonly chosen: ChosenRow;
  readonly before: ExactJson;
  readonly again: ExactJson;
  /** Where in the prediction. */
  readonly place: string;
};

/** A row that was asked several times more, one request at a time, so that no other request was sent at the same time. */
export type RepeatedRow = { readonly row: DifferentRow; readonly answers: readonly ReadPrediction[] };

/** The rows whose predictions differ by more than they may, and the largest difference of all. */
export function differentRows({ chosen, before, again, compare }: ComparedRows): {
  readonly different: readonly DifferentRow[];
  readonly largest: number;
} {
  const different: DifferentRow[] = [];
  let largest = 0;
  for (const [index, row] of chosen.entries()) {
    const answer = again[index];
    if (answer === undefined || "failure" in answer) continue;
    const was = before[index] as ExactJson;
    const { place, largest: found } = compare(was, answer.prediction);
    largest = Math.max(largest, found);
    if (place !== null) different.push({ index, chosen: row, before: was, again: answer.prediction, place });
  }
  return { different, largest };
}
