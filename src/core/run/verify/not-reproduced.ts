import type { Verification } from "../../domain/verification.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { counted } from "../../util/counted.ts";
import type { ComparePredictions } from "./compare-predictions.ts";
import { shown } from "./compare-predictions.ts";
import type { DifferentRow, RepeatedRow } from "./different-rows.ts";
import { describeRow, placeOf } from "./sampled-rows.ts";

/** The rows in the details of the error. */
const MOST_NAMED = 20;

/** The error of a run whose predictions are not those that its rows get alone. */
export function notReproduced(
  different: readonly DifferentRow[],
  repeated: readonly RepeatedRow[],
  { rows, largest_difference: largest }: Verification,
  { how, compare }: { readonly how: "alone" | "together"; readonly compare: ComparePredictions },
): ScoreframeError {
  const [first] = different as [DifferentRow, ...DifferentRow[]];
  const steady = repeated.find(({ row }) => row === first)?.answers.find((answer) => "prediction" in answer);
  const isConfused =
    steady !== undefined && "prediction" in steady && compare(first.before, steady.prediction).place === null;
  const company = how === "alone" ? "each alone" : "with other rows than before";
  const found = `${different.length} of ${counted(rows, "row")} that were sent again, ${company}, got another prediction: nothing was published. `;
  const place = how === "alone" ? "alone" : "then";
  const example = `${capital(describeRow(first.chosen))}, was answered with ${shown(first.before)} in the run and with ${shown(first.again)} ${place}${placeText(first.place)}. `;
  return new ScoreframeError(
    "PREDICTIONS_NOT_REPRODUCED",
    found + example + (isConfused ? CONFUSED : DEPENDENT) + toleranceText(largest),
    {
      shard: first.chosen.record.shard,
      line: placeOf(first.chosen).line,
      operation: "verify",
      option: "verify",
      details: {
        verified: rows,
        different: different.length,
        largest_difference: largest,
        rows: different.slice(0, MOST_NAMED).map(({ chosen, before, again }) => ({
          ...placeOf(chosen),
          identity: JSON.parse(chosen.identity),
          published: shown(before),
          [how]: shown(again),
        })),
      },
    },
  );
}

const DEPENDENT =
  "Either the server returns predictions in another order than the rows, or the model uses the other rows of the request. Fix the server or the model; " +
  "or set requests.batch_size to 1, or response.key if each prediction names its row.";
const CONFUSED =
  "Sent by itself, with no other request at the same time, it is answered as in the run: the server confuses requests that it has at the same time. " +
  "Fix the server, or set backend.concurrency to 1.";

/** A small difference may be noise. */
function toleranceText(largest: number): string {
  if (largest === 0 || largest > 0.01) return "";
  return ` The largest difference is ${largest.toPrecision(2)} of the value: if that is noise, set verify.tolerance.`;
}

function placeText(place: string): string {
  return place === "" ? "" : ` (they differ at ${place})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
