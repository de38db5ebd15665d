import { assertNoCollisions } from "../../../../domain/assert-no-collisions.ts";
import type { ColumnType, TypedColumn } from "../../../../domain/types/column-type.ts";
import { ScoreframeError } from "../../../../errors/scoreframe-error.ts";
import type { AnswerLines } from "../../../../lines/answer-lines.ts";
import { deadLetterColumns, deadLetterSource } from "../../../../polars/dead-letter-columns.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { column, int64, structField } from "../../../../polars/polars.ts";
import { writeParquet } from "../../../../polars/write-parquet.ts";
import { bindProtocol } from "../../../../protocols/bind-protocol.ts";
import type { Protocol, ProtocolId } from "../../../../protocols/protocol.ts";
import type { RequestOptions } from "../../../../protocols/request-options.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../protocols/request-options.ts";
import type { Explosion } from "../../../../responses/read/explode-uniform.ts";
import { readUnits, withoutMarks } from "../../../../responses/read/read-units.ts";
import type { PredictionColumn } from "../../../../responses/types/prediction-columns.ts";
import { predictionColumns, predictionType } from "../../../../responses/types/prediction-columns.ts";
import { requestKeys } from "../../../shard/worker/row-keys.ts";
import { describeCauses } from "../describe-causes.ts";
import { predictionForm } from "../prediction-form.ts";
import { assertSameLines } from "./assert-same-lines.ts";
import type { RequestRows } from "./explode-answers.ts";
import { explodeAnswers } from "./explode-answers.ts";
import { explodeRequests } from "./explode-requests.ts";
import type { JoinedRows } from "./join-by-position.ts";
import { joinByPosition } from "./join-by-position.ts";
import { pickLines } from "./pick-lines.ts";
import { requestIds } from "./request-ids.ts";
import { unwrapJoined } from "./unwrap-joined.ts";

/** Columns of the output that say where a row was in the requests. */
const IDENTITY: readonly TypedColumn[] = [
  { name: "row_id", type: "Int64" },
  { name: "batch_index", type: "Int64" },
];
/** Column of rows that are no objects. */
const SCALAR_ROW = "instance";

export type StitchPairInput = {
  /** Number of the pair, 0-based. */
  readonly shard: number;
  /** The files as they are called where they come from. */
  readonly names: { readonly request: string; readonly answer: string };
  /** The files as text, each request and each answer on a line or, in CSV, a record. */
  readonly requestsPath: string;
  readonly responsesPath: string;
  /** Which lines of the answer file are answers. */
  readonly answerLines: AnswerLines;
  /** Number of the file's first line among those of all files. */
  readonly firstRowId: number;
  readonly protocol: ProtocolId;
  readonly options: Pick<RequestOptions, "shape" | "predictions" | "pairing">;
  /** Whether answers hold their requests, too; null if only their form says so. */
  readonly joined: boolean | null;
  /** Put before every prediction column's name. */
  readonly prefix: string;
  readonly outputPath: string;
  readonly deadLetterPath: string;
};

export type StitchedPair = {
  readonly shard: number;
  readonly path: string;
  readonly lines: number;
  readonly rows: number;
  readonly scored: number;
  readonly deadLettered: number;
  readonly firstFailure: string | null;
  readonly form: ReturnType<typeof predictionForm>;
  /** Columns of the output file: those of the requests, `row_id` and `batch_index` first, then the predictions. */
  readonly sourceColumns: readonly TypedColumn[];
  readonly predictionColumns: readonly TypedColumn[];
  readonly schema: readonly TypedColumn[];
};

/** Explodes one request file and its answer file, each by itself, and joins them on (row_id, batch_index). */
export function stitchPair(input: StitchPairInput): StitchedPair {
  const protocol = bindProtocol(input.protocol, { ...DEFAULT_REQUEST_OPTIONS, ...input.options });
  const requestFile = input.names.request;
  const answerFile = `${input.names.answer}${input.answerLines === "all" ? "" : " (without its empty lines)"}`;
  const requestLines = requestUnits(input.requestsPath, protocol);
  const answered = pickLines(withoutMarks(readUnits(input.responsesPath, protocol)), input.answerLines);
  assertSameLines(requestFile, requestLines.height, answerFile, answered.height);
  const answerLines = unwrapJoined(answered, requestLines, { answerFile, joined: input.joined, protocol });
  const requests = explodeRequests(requestLines, input.protocol, input.options.shape, requestFile);
  const answers = explodeAnswers(answerLines, {
    protocol,
    file: answerFile,
    shard: input.shard,
    ids: requestIds(requestLines, input.protocol),
    rows: requestRows(requests, protocol, requestFile),
    prefix: input.prefix,
  });
  const joined = joinByPosition(
    requests,
    answers,
    input.firstRowId,
    (line) => `Answer file ${answerFile}, line ${line}`,
  );
  const columns = rowColumns(requests.type);
  const predictions = predictionColumns(answers, { prefix: input.prefix, flatten: false });
  assertNoIdentityColumn(columns, requestFile);
  const source = [...IDENTITY, ...columns.map(typed)];
  assertNoCollisions(source, predictions, "prefix");
  writePaired(joined.paired, columns, predictions, input.outputPath);
  if (joined.unpaired.length > 0) writeUnpaired(joined, columns, input);
  return {
    shard: input.shard,
    path: input.outputPath,
    lines: requestLines.height,
    rows: joined.requests.height,
    scored: joined.paired.height,
    deadLettered: joined.unpaired.length,
    firstFailure: joined.unpaired[0]?.cause.message ?? null,
    form: predictionForm(answers.type),
    sourceColumns: source,
    predictionColumns: predictions.map(predictionType),
    schema: [...source, ...predictions.map(predictionType)],
  };
}

/** By what predictions are paired; null if that is their position. */
function requestRows(requests: Explosion, { pairing }: Protocol, requestFile: string): RequestRows | null {
  if (pairing === undefined) return null;
  return {
    counts: requests.counts,
    keys: pairing.by === "key" ? requestKeys(requests, pairing.column, requestFile) : null,
  };
}

/** A cell of CSV may begin with a byte order mark; a request in JSON cannot. */
function requestUnits(path: string, protocol: Protocol): DataFrame {
  const lines = readUnits(path, protocol);
  return protocol.answerNotation === "csv" ? lines : withoutMarks(lines);
}

function assertNoIdentityColumn(columns: readonly TypedColumn[], requestFile: string): void {
  const taken = columns.find(({ name }) => IDENTITY.some((each) => each.name === name));
  if (taken === undefined) return;
  throw new ScoreframeError(
    "COLUMN_COLLISION",
    `The rows of request file ${requestFile} have a column "${taken.name}", which the table needs for the row's position. Rename it in the requests.`,
    { operation: "stitch", details: { column: taken.name } },
  );
}

/** Expressions over the column `request`, which holds whole rows. */
function rowColumns(type: ColumnType): PredictionColumn[] {
  const whole = column("request");
  if (typeof type === "string" || !("Struct" in type)) return [{ name: SCALAR_ROW, type, value: whole }];
  return type.Struct.map(({ name, dtype }) => ({ name, type: dtype, value: structField(whole, name) }));
}

function writePaired(
  paired: DataFrame,
  columns: readonly PredictionColumn[],
  predictions: readonly PredictionColumn[],
  path: string,
): void {
  const values = [...columns, ...predictions].map(({ name, value }) => value.alias(name));
  writeParquet(paired.lazy().select(...IDENTITY.map(({ name }) => column(name)), ...values), path);
}

function writeUnpaired(
  { requests, unpaired }: JoinedRows,
  columns: readonly PredictionColumn[],
  input: StitchPairInput,
): void {
  const causes = describeCauses(unpaired);
  const rows = requests
    .lazy()
    .join(causes.lazy(), {
      on: ["row"],
      how: "inner",
      validate: "1:1",
      maintainOrder: "left",
      suffix: "_cause",
    } as never)
    .select(
      ...deadLetterSource(columns).map(({ name, value }) => value.alias(name)),
      ...deadLetterColumns({
        code: column("code"),
        message: column("message"),
        attempts: column("attempts"),
        place: { shard: int64(input.shard), rowId: column("row_id"), batchIndex: column("batch_index") },
      }),
    );
  writeParquet(rows, input.deadLetterPath);
}

function typed({ name, type }: TypedColumn): TypedColumn {
  return { name, type };
}
