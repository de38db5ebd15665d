import { join } from "node:path";
import type { ExactJson } from "../../json/exact-json.ts";
import { parseExact } from "../../json/exact-json.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ScoredSample, ScoredSampleTools } from "../../run/score-sample.ts";
import { createComparison } from "../../run/verify/compare-predictions.ts";
import type { DifferentRow } from "../../run/verify/different-rows.ts";
import { differentRows } from "../../run/verify/different-rows.ts";
import type { ReadPrediction } from "../../run/verify/read-predictions.ts";
import type { ChosenRow } from "../../run/verify/sampled-rows.ts";
import { chooseSampled } from "../../run/verify/sampled-rows.ts";
import type { RequestFile } from "../../run/verify/score-again.ts";
import { createScoreAgain } from "../../run/verify/score-again.ts";
import { chunkInput } from "../../stages/shard/shard.ts";
import { expandRunLengths } from "../../util/run-lengths.ts";

/** The sample, asked once more in another order or in requests of another size. */
export type SamplePass = {
  /** "in reverse order", "alone", "in requests of 7 rows" */
  readonly how: string;
  /** In the order of the sample. */
  readonly answers: readonly ReadPrediction[];
  readonly different: readonly DifferentRow[];
};

export type CheckedSample = {
  readonly rows: readonly ChosenRow[];
  readonly before: readonly ExactJson[];
  /** Rows of the requests in which they were answered first. */
  readonly rowsPerRequest: number;
  readonly passes: readonly SamplePass[];
  /** A row that was answered in two ways by the same request, if there is one: then differences say nothing. */
  readonly random: { readonly row: ChosenRow; readonly answers: readonly [ExactJson, ExactJson] } | null;
};

/**
 * Asks the model about a sample again: in reverse order, alone, and in smaller requests. A model that scores each row by itself, and a server that keeps
 * the order of the rows, give the same predictions.
 */
export async function checkSample(
  scored: ScoredSample,
  { session, stage, pool, scope }: ScoredSampleTools,
  { tolerance, published }: { readonly tolerance: number | undefined; readonly published: readonly string[] },
): Promise<CheckedSample> {
  const { root } = scored.folders;
  const protocol = bindProtocol(stage.protocol, stage.options);
  const rows = chooseSampled(
    scored.answers.flatMap(({ record, stitched: { sample } }) => (sample === null ? [] : [{ record, sample }])),
    Number.POSITIVE_INFINITY,
  );
  const before = rows.map(({ prediction }) => parseExact(prediction));
  const compare = createComparison(before, tolerance);
  const scoreAgain = createScoreAgain({
    session,
    protocol,
    features: stage.features,
    published,
    firstShard: scored.answers.length,
    scope,
  });
  // Where each shard's rows begin among all.
  const starts = new Map<number, number>();
  let total = 0;
  for (const { record } of scored.answers) {
    starts.set(record.shard, total);
    total += record.rows;
  }
  const paths = scored.answers.map(({ record }) => join(root, record.features));
  let files = 0;

  async function requestsOf(order: readonly ChosenRow[], batchSize: number): Promise<RequestFile[]> {
    const name = `again-${files++}`;
    const path = join(stage.folders.stitched, `${name}.parquet`);
    const positions = order.map(({ record, row }) => (starts.get(record.shard) ?? 0) + row);
    await pool.run("gatherRows", { paths, rows: positions, outputPath: path }, scope.signal);
    const input = { ...stage, table: { path, rows: order.length }, batchSize };
    const task = { ...chunkInput(input, 0, 0, order.length), name };
    const { pieces } = await pool.run("encodeChunk", task, scope.signal);
    let next = 0;
    return pieces.map(({ requestPath, bytes, digest, lineRows, rows: count }) => {
      const keys = stage.options.pairing?.by === "key" ? order.slice(next, next + count).map(({ key }) => key) : null;
      next += count;
      return { requestPath, bytes, digest, lineRows: [...expandRunLengths(lineRows)], keys };
    });
  }

  async function pass(how: string, isReverse: boolean, batchSize: number): Promise<SamplePass & { repeat: Repeat }> {
    const ordered = <T>(items: readonly T[]): readonly T[] => (isReverse ? items.toReversed() : items);
    const requests = await requestsOf(ordered(rows), batchSize);
    const repeat = async (): Promise<readonly ReadPrediction[]> => ordered(await scoreAgain(requests, batchSize));
    const answers = await repeat();
    const { different } = differentRows({ chosen: rows, before, again: answers, compare });
    return { how, answers, different, repeat };
  }

  const isMany = protocol.lineHolds === "batch" || protocol.linesInRequest === "many";
  const rowsPerRequest = isMany ? Math.min(rows.length, stage.batchSize) : 1;
  const passes = rows.length < 2 ? [] : [await pass("in reverse order", true, rowsPerRequest)];
  if (passes.length > 0 && rowsPerRequest > 1) passes.push(await pass("alone", false, 1));
  const smaller = Math.ceil(rowsPerRequest / 3);
  if (passes.length > 0 && smaller > 1) passes.push(await pass(`in requests of ${smaller} rows`, false, smaller));
  const suspicious = passes.find(({ different }) => different.length > 0);
  const random = suspicious === undefined ? null : await findRandom(suspicious, suspicious.repeat);
  return { rows, before, rowsPerRequest, passes, random };

  async function findRandom({ answers }: SamplePass, repeat: Repeat): Promise<CheckedSample["random"]> {
    for (let repeats = 0; repeats < 2; repeats += 1) {
      const again = await repeat();
      const first = answers.map((answer) => ("prediction" in answer ? answer.prediction : null));
      const [found] = differentRows({ chosen: rows, before: first, again, compare }).different;
      if (found !== undefined) return { row: found.chosen, answers: [found.before, found.again] };
    }
    return null;
  }
}

type Repeat = () => Promise<readonly ReadPrediction[]>;
