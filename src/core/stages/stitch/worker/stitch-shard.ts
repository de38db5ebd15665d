import { basename } from "node:path";
import { assertNoCollisions } from "../../../domain/assert-no-collisions.ts";
import { lineIds } from "../../../domain/line-id.ts";
import type { PartitionRun } from "../../../domain/stitched-shard.ts";
import type { TypedColumn } from "../../../domain/types/column-type.ts";
import type { PredictionField } from "../../../domain/types/prediction-type.ts";
import { ScoreframeError } from "../../../errors/scoreframe-error.ts";
import { deadLetterColumns, deadLetterSource } from "../../../polars/dead-letter-columns.ts";
import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { column, int64, pl, scanParquet } from "../../../polars/polars.ts";
import { writeParquet, writeScratch } from "../../../polars/write-parquet.ts";
import { bindProtocol } from "../../../protocols/bind-protocol.ts";
import type { Protocol, ProtocolId } from "../../../protocols/protocol.ts";
import type { RequestOptions } from "../../../protocols/request-options.ts";
import type { RowCause } from "../../../protocols/responses/error-object.ts";
import type { RowKeys } from "../../../responses/pairing/pair-line.ts";
import { decodeAnswers, decodeUniform } from "../../../responses/read/decode-answers.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "../../../responses/read/decoded-answers.ts";
import { jsonAnswers } from "../../../responses/read/json-answers.ts";
import { readLines } from "../../../responses/read/read-lines.ts";
import { readNumberAnswers } from "../../../responses/read/read-number-answers.ts";
import { withoutMarks } from "../../../responses/read/read-units.ts";
import { validateResponseFile } from "../../../responses/read/response-file.ts";
import type { PredictionColumn, PredictionNaming } from "../../../responses/types/prediction-columns.ts";
import { predictionColumns, predictionType } from "../../../responses/types/prediction-columns.ts";
import { createSecretMask } from "../../../secrets/secret-mask.ts";
import type { FileDigest } from "../../../util/file-digest.ts";
import { memoize } from "../../../util/memoize.ts";
import type { RunLengths } from "../../../util/run-lengths.ts";
import { expandRunLengths } from "../../../util/run-lengths.ts";
import { readRowKeys } from "../../shard/worker/row-keys.ts";
import type { ContractedAnswers } from "./contracted-answers.ts";
import { contractedAnswers } from "./contracted-answers.ts";
import { describeCauses } from "./describe-causes.ts";
import { countNullPredictions } from "./null-predictions.ts";
import { unwrapJoined } from "./pair/unwrap-joined.ts";
import { partitionRows } from "./partition-runs.ts";
import { predictionForm } from "./prediction-form.ts";
import type { RowSample, SampleRequest } from "./sample/sample-rows.ts";
import { sampleRows } from "./sample/sample-rows.ts";

export type StitchShardInput = {
  readonly shard: number;
  readonly featuresPath: string;
  readonly responsePath: string;
  /** What the backend has written there, if it says so. */
  readonly written?: FileDigest;
  /** The request file, if each response line holds its request line, too. */
  readonly joinedWith?: string;
  /** Number of the shard's first request line in the run. */
  readonly firstRowId: number;
  /** Id of its first line, if lines have one. */
  readonly firstId?: number;
  readonly lineRows: RunLengths;
  readonly protocol: ProtocolId;
  readonly options: RequestOptions;
  readonly naming: PredictionNaming;
  readonly contract: readonly PredictionField[] | null;
  /** Columns of the features file, in order. */
  readonly source: readonly TypedColumn[];
  /** Source columns of the output, in order. */
  readonly keep: readonly string[];
  readonly partitionBy: readonly string[];
  readonly includeRowId: boolean;
  readonly outputPath: string;
  readonly deadLetterPath: string;
  /** Values that no dead letter may repeat. */
  readonly secrets?: readonly string[];
  /** Rows to set aside, so that they can be scored again. */
  readonly sample?: SampleRequest;
};

export type StitchOutcome = {
  readonly shard: number;
  readonly path: string;
  /** Its first row in the file, which small shards share. */
  readonly offset: number;
  /** The response file as it was read. */
  readonly response: FileDigest;
  /** Rows with a prediction. */
  readonly scored: number;
  /** Of these, rows whose prediction is null. */
  readonly nullPredictions: number;
  /** Rows without one: written to the dead-letter file, each with its cause. */
  readonly deadLettered: number;
  readonly deadLetterPath: string | null;
  readonly firstFailure: (RowCause & { readonly line: number }) | null;
  /** `none` where every prediction is null: another shard knows the form. */
  readonly form: ReturnType<typeof predictionForm>;
  /** Columns of the output file: source columns, then predictions. */
  readonly sourceColumns: readonly TypedColumn[];
  readonly predictionColumns: readonly TypedColumn[];
  readonly partitions: readonly PartitionRun[];
  readonly sample: RowSample | null;
};

/**
 * Joins a shard's answers with its rows. The rows come from the features file, whose position gives (row_id, batch_index); the answers were
 * exploded to the same positions and counted line by line, so that the join on (row_id, batch_index) is columns set side by side.
 */
export function stitchShard(input: StitchShardInput): StitchOutcome {
  const response = validateResponseFile(input);
  const lineRows = [...expandRunLengths(input.lineRows)];
  const { answers, columns: predictions } = readAnswers(input, lineRows);
  const identity = input.includeRowId ? [{ name: "row_id" }, { name: "batch_index" }] : [];
  const kept = input.source.filter(({ name }) => input.keep.includes(name));
  assertNoCollisions([...identity, ...kept], predictions, "output.prefix", input.shard);
  const joined = setSideBySide(input, answers, predictions, lineRows);
  const good = answers.failures.length === 0 ? joined : joined.filter(pl.col("failure").isNull());
  const outputNames = writeScored(good, input, predictions);
  const form = predictionForm(answers.type);
  const deadLetterPath = answers.failures.length === 0 ? null : writeDeadLetters(joined, input, answers.failures);
  const sample = input.sample === undefined ? null : sampleRows({ ...input, joined, answers }, input.sample);
  return {
    shard: input.shard,
    path: input.outputPath,
    offset: 0,
    response,
    scored: good.height,
    nullPredictions: form === "none" ? good.height : countNullPredictions(good, predictions.length),
    deadLettered: answers.failures.length,
    deadLetterPath,
    firstFailure: firstFailure(answers),
    form,
    ...outputNames,
    sample,
  };
}

/** A server may repeat in an error what it was sent. */
function readAnswers(input: StitchShardInput, lineRows: readonly number[]): ContractedAnswers {
  const read = readAnswerFile(input, lineRows);
  const { answers } = read;
  if (answers.failures.length === 0 || input.secrets === undefined || input.secrets.length === 0) return read;
  const mask = createSecretMask(input.secrets);
  return { ...read, answers: { ...answers, failures: answers.failures.map((failure) => mask.value(failure)) } };
}

function readAnswerFile(input: StitchShardInput, lineRows: readonly number[]): ContractedAnswers {
  const protocol = bindProtocol(input.protocol, input.options);
  const { shard, naming, contract } = input;
  const lines = remember(
    (): DecodeAnswersInput => ({
      shard,
      lines: jsonAnswers(
        withoutRequests(readAnswerLines(input, lineRows.length), input, protocol),
        protocol,
        idsOf(input, lineRows),
      ),
      lineRows,
      protocol,
      keys: keysOf(input),
      published: contract?.map(({ name }) => name) ?? [],
      prefix: naming.prefix,
    }),
  );
  const numbers = numberAnswers(input, lineRows, protocol);
  if (contract !== null) {
    return contractedAnswers(numbers ?? decodeUniform(lines()), lines, { contract, naming, shard });
  }
  const answers = numbers ?? decodeAnswers(lines());
  return { answers, columns: predictionColumns(answers, naming) };
}

/** Reads the lines once, and only if they are needed. */
function remember<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Numbers have neither keys nor requests. */
function numberAnswers(
  { responsePath, joinedWith }: StitchShardInput,
  lineRows: readonly number[],
  protocol: Protocol,
): DecodedAnswers | null {
  return protocol.pairing === undefined && joinedWith === undefined
    ? readNumberAnswers(responsePath, lineRows, protocol)
    : null;
}

function withoutRequests(
  lines: DataFrame,
  { joinedWith, responsePath }: StitchShardInput,
  protocol: Protocol,
): DataFrame {
  if (joinedWith === undefined) return lines;
  return unwrapJoined(lines, readLines(joinedWith), {
    answerFile: basename(responsePath),
    joined: true,
    whole: true,
    protocol,
  });
}

function keysOf({ options: { pairing }, source, featuresPath }: StitchShardInput): RowKeys {
  if (pairing?.by !== "key") return null;
  return readRowKeys(featuresPath, source.find(({ name }) => name === pairing.column) as TypedColumn);
}

function idsOf({ firstId }: StitchShardInput, lineRows: readonly number[]): readonly string[] | null {
  return firstId === undefined ? null : lineIds(firstId, lineRows);
}

function readAnswerLines(input: StitchShardInput, expected: number): DataFrame {
  const lines = withoutMarks(readLines(input.responsePath));
  if (lines.height === expected) return lines;
  throw new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `Shard ${input.shard}: the answer file ${input.responsePath} has ${lines.height} lines for ${expected} request lines; no answer of it can be ` +
      "paired safely. Score the shard again; if it happens again, see that the server answers exactly one line a request line.",
    { shard: input.shard, operation: "stitch", details: { requestLines: expected, answerLines: lines.height } },
  );
}

/**
 * Columns c0…cn of the source and p0…pn of the predictions; row_id and batch_index if the output has them; if rows failed, `failure`: the
 * index of the row's failure or null.
 */
function setSideBySide(
  input: StitchShardInput,
  answers: DecodedAnswers,
  predictions: readonly PredictionColumn[],
  lineRows: readonly number[],
): DataFrame {
  const features = scanParquet(input.featuresPath)
    .select(inEngineNames(namesOf(input.source)))
    .collectSync();
  const joined = withPredictions(features, answers, predictions);
  const marks = [
    ...(input.includeRowId || answers.failures.length > 0
      ? rowIdentity([{ firstRowId: input.firstRowId, lineRows }], joined.height)
      : []),
    ...(answers.failures.length > 0 ? [failureNumbers(answers.failures, joined.height)] : []),
  ];
  return marks.length === 0 ? joined : joined.hstack(pl.DataFrame(marks));
}

/** Adds the predictions as columns p0…pn. */
export function withPredictions(
  features: DataFrame,
  answers: DecodedAnswers,
  predictions: readonly PredictionColumn[],
): DataFrame {
  const answered = answers.predictions
    .lazy()
    .select(...predictions.map(({ value }, index) => value.alias(`p${index}`)), filler(null))
    .collectSync();
  // hstack throws if the heights differ; a horizontal concat would silently pad with nulls.
  return features.hstack(answered.drop("filler"));
}

/** Columns are called c0, c1, … inside the engine: a user's name may shadow a method of the frame or be expanded as a pattern. */
const inEngineNames = memoize((names: readonly string[]): Expr[] =>
  names.map((name, index) => column(name).alias(`c${index}`)),
);

/** Keeps the height of a frame without predictions. */
const filler = memoize((_: null): Expr => pl.lit(0).cast(pl.Int8).alias("filler"));

function failureNumbers(failures: readonly RowFailure[], rows: number): pl.Series {
  const numbers = new Array<number | null>(rows).fill(null);
  for (const [index, { row }] of failures.entries()) numbers[row] = index;
  return pl.Series("failure", numbers, pl.Int32);
}

/** Columns `row_id` and `batch_index` of the rows of shards, one below the other. */
export function rowIdentity(
  shards: readonly { readonly firstRowId: number; readonly lineRows: readonly number[] }[],
  rows: number,
): pl.Series[] {
  const rowId = new BigInt64Array(rows);
  const batchIndex = new BigInt64Array(rows);
  let row = 0;
  for (const { firstRowId, lineRows } of shards) {
    for (const [line, count] of lineRows.entries()) {
      for (let index = 0; index < count; index += 1, row += 1) {
        rowId[row] = BigInt(firstRowId + line);
        batchIndex[row] = BigInt(index);
      }
    }
  }
  return [pl.Series("row_id", rowId as never), pl.Series("batch_index", batchIndex as never)];
}

/** `pieces`: columns of the rows that distinguish shards; each shard's rows then stay together, and its partitions are named by these, too. */
export function writeScored(
  rows: DataFrame,
  input: StitchShardInput,
  predictions: readonly PredictionColumn[],
  pieces: readonly TypedColumn[] = [],
): Pick<StitchOutcome, "sourceColumns" | "predictionColumns" | "partitions"> {
  const { source, keep, partitionBy } = input;
  const aliasOf = (name: string): string => `c${source.findIndex((each) => each.name === name)}`;
  const typed = (name: string): TypedColumn => source.find((each) => each.name === name) as TypedColumn;
  const partitioned = partitionRows(rows, {
    names: [...pieces.map(({ name }) => name), ...partitionBy.map(aliasOf)],
    columns: [...pieces, ...partitionBy.map(typed)],
  });
  const identity = input.includeRowId ? ["row_id", "batch_index"] : [];
  const named = partitioned.rows
    .lazy()
    .select(
      ...identity.map((name) => column(name)),
      ...keep.map((name) => column(aliasOf(name)).alias(name)),
      ...predictions.map(({ name }, index) => column(`p${index}`).alias(name)),
    );
  writeScratch(named, input.outputPath);
  return {
    sourceColumns: [...identity.map((name): TypedColumn => ({ name, type: "Int64" })), ...keep.map(typed)],
    predictionColumns: predictions.map(predictionType),
    partitions: partitioned.partitions,
  };
}

/** The failed rows with every column that they have, so that they can be scored again, and why they failed. */
function writeDeadLetters(joined: DataFrame, input: StitchShardInput, failures: readonly RowFailure[]): string {
  const failed = joined.filter(pl.col("failure").isNotNull());
  const ordered = (failed.getColumn("failure").toArray() as number[]).map((index) => failures[index] as RowFailure);
  const aliased = input.source.map(({ name }, index) => ({ name, alias: `c${index}` }));
  const described = failed.hstack(describeCauses(ordered));
  writeParquet(
    described.lazy().select(
      ...deadLetterSource(aliased).map(({ name, alias }) => column(alias).alias(name)),
      ...deadLetterColumns({
        code: column("code"),
        message: column("message"),
        attempts: column("attempts"),
        place: { shard: int64(input.shard), rowId: column("row_id"), batchIndex: column("batch_index") },
      }),
    ),
    input.deadLetterPath,
  );
  return input.deadLetterPath;
}

function firstFailure({ failures }: DecodedAnswers): StitchOutcome["firstFailure"] {
  const [first] = failures;
  return first === undefined ? null : { ...first.cause, line: first.line };
}

function namesOf(columns: readonly TypedColumn[]): string[] {
  return columns.map(({ name }) => name);
}
