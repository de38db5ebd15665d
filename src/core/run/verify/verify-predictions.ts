import type { Verification } from "../../domain/verification.ts";
import { skippedVerification } from "../../domain/verification.ts";
import { parseExact } from "../../json/exact-json.ts";
import type { Clock } from "../../ports/clock.ts";
import { counted } from "../../util/counted.ts";
import type { ComparePredictions } from "./compare-predictions.ts";
import { createComparison, shown } from "./compare-predictions.ts";
import type { DifferentRow, RepeatedRow } from "./different-rows.ts";
import { differentRows } from "./different-rows.ts";
import { notReproduced } from "./not-reproduced.ts";
import type { ReadPrediction } from "./read-predictions.ts";
import type { ChosenRow, ShardSample } from "./sampled-rows.ts";
import { chooseSampled, describeRow } from "./sampled-rows.ts";
import type { RequestFile, ScoreAgain } from "./score-again.ts";
import type { RequestForm, SingleRowRequests } from "./single-row-requests.ts";
import { singleRowRequests } from "./single-row-requests.ts";

export type VerifyTools = RequestForm & {
  readonly scoreAgain: ScoreAgain;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
};

export type VerifySettings = { readonly rows: number; readonly tolerance: number | undefined };

/** What was found, and the error if nothing may be published. */
export type VerifyOutcome = { readonly verification: Verification; readonly error: Error | null };

/** Rows that differ and are asked several times more, one at a time: enough to distinguish a random model from a wrong one. */
const MOST_REPEATED = 5;
const REPEATS = 3;

/**
 * Sends the sampled rows to the model again, each alone, and compares with what the run was answered. The error is `PREDICTIONS_NOT_REPRODUCED`; throws
 * what asking the model throws. A model that answers the same request in several ways is reported by a warning: its predictions cannot be verified.
 */
export async function verifyPredictions(
  samples: readonly ShardSample[],
  { rows, tolerance }: VerifySettings,
  tools: VerifyTools,
): Promise<VerifyOutcome> {
  const begun = tools.clock.now();
  const chosen = chooseSampled(samples, rows);
  if (chosen.length === 0) return { verification: skippedVerification("No row has a prediction."), error: null };
  const requests = await singleRowRequests(samples, chosen, tools);
  const before = chosen.map(({ prediction }) => parseExact(prediction));
  const compare = createComparison(before, tolerance);
  const alone = await tools.scoreAgain([requests.all], 1);
  const failed = reportFailures(chosen, alone, tools.warn);
  const found = differentRows({ chosen, before, again: alone, compare });
  const together = failed > 0 && found.different.length === 0 ? await scoreTogether(requests, tools) : null;
  const { different, largest } =
    together === null ? found : differentRows({ chosen, before, again: together.answers, compare });
  const repeated =
    together === null
      ? await repeatAlone(different.slice(0, MOST_REPEATED), requests.one, tools.scoreAgain)
      : await repeatTogether(different.slice(0, MOST_REPEATED), together);
  const random = repeated.find((row) => !isSteady(row, compare));
  const verification: Verification = {
    rows: chosen.length,
    failed_alone: failed,
    different: different.length,
    largest_difference: largest,
    deterministic: different.length === 0 ? null : random === undefined,
    seconds: Math.round(tools.clock.now() - begun) / 1000,
    skipped: null,
  };
  if (random !== undefined) tools.warn(randomModel(random, verification));
  const isWrong = different.length > 0 && random === undefined;
  const how = together === null ? "alone" : "together";
  return { verification, error: isWrong ? notReproduced(different, repeated, verification, { how, compare }) : null };
}

/** Warns of rows that got no prediction alone, and returns how many there are. */
function reportFailures(
  chosen: readonly ChosenRow[],
  alone: readonly ReadPrediction[],
  warn: (message: string) => void,
): number {
  const failures = alone.flatMap((answer, index) => ("failure" in answer ? [{ index, ...answer }] : []));
  const [first] = failures;
  if (first === undefined) return 0;
  const rows = counted(chosen.length, "row");
  warn(
    `${failures.length} of ${rows} that were sent again got no prediction alone, though they got one with other rows. ` +
      `The first is ${describeRow(chosen[first.index] as ChosenRow)}: ${first.failure}`,
  );
  return failures.length;
}

/** One request of all the rows, which are other neighbours than in the run. */
type Together = { readonly answers: readonly ReadPrediction[]; again(): Promise<readonly ReadPrediction[]> };

/** For rows that get no prediction alone: some models need several rows, and a model that normalises over its batch has nothing to normalise in one. */
async function scoreTogether(requests: SingleRowRequests, { scoreAgain }: VerifyTools): Promise<Together | null> {
  const request = await requests.together();
  if (request === null) return null;
  const again = () => scoreAgain([request], requests.all.lineRows.length);
  return { answers: await again(), again };
}

async function repeatTogether(rows: readonly DifferentRow[], { answers, again }: Together): Promise<RepeatedRow[]> {
  if (rows.length === 0) return [];
  const repeats = [answers, await again(), await again()];
  return rows.map((row) => ({ row, answers: repeats.map((each) => each[row.index] as ReadPrediction) }));
}

async function repeatAlone(
  rows: readonly DifferentRow[],
  requestOf: (index: number) => Promise<RequestFile>,
  scoreAgain: ScoreAgain,
): Promise<RepeatedRow[]> {
  const repeated: RepeatedRow[] = [];
  for (const row of rows) {
    const request = await requestOf(row.index);
    const answers: ReadPrediction[] = [];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) answers.push(...(await scoreAgain([request], 1)));
    repeated.push({ row, answers });
  }
  return repeated;
}

function isSteady({ answers }: RepeatedRow, compare: ComparePredictions): boolean {
  const [first, ...others] = answers.flatMap((answer) => ("prediction" in answer ? [answer.prediction] : []));
  return first === undefined || others.every((each) => compare(first, each).place === null);
}

function randomModel({ row, answers }: RepeatedRow, { different, rows }: Verification): string {
  const texts = answers.map((answer) => ("prediction" in answer ? shown(answer.prediction) : answer.failure));
  const other = texts.find((text) => text !== texts[0]);
  return (
    `The model is not deterministic: the same request for ${describeRow(row.chosen)}, was answered with ${texts[0]} and with ${other}. ` +
    `Its predictions cannot be verified: ${different} of ${counted(rows, "row")} differ from those of the run. If that is intended, set verify to false.`
  );
}
