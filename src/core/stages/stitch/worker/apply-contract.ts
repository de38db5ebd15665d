import type { PredictionField, PredictionType } from "../../../domain/types/prediction-type.ts";
import { ScoreframeError } from "../../../errors/scoreframe-error.ts";
import type { Expr } from "../../../polars/polars.ts";
import { column, pl } from "../../../polars/polars.ts";
import type { DecodedAnswers } from "../../../responses/read/decoded-answers.ts";
import type { PredictionColumn, PredictionNaming } from "../../../responses/types/prediction-columns.ts";
import { castPrediction } from "./cast-prediction.ts";

type Contract = readonly PredictionField[];
type Where = { readonly shard: number; readonly naming: PredictionNaming };

/** Columns of the stated types, in the order of the contract. */
export type Contracted = {
  readonly columns: readonly PredictionColumn[];
  /** Rows with a value that is not of its type; null if a whole column is not, and then the columns are of no use. */
  readonly misfits: readonly Misfit[] | null;
};

/** `value`: the text of what is not of the type. */
export type Misfit = {
  readonly row: number;
  readonly column: string;
  readonly value: string;
  readonly type: PredictionType;
};

/**
 * Brings the answered columns to `output.predictions`: the same names, each value of the stated type. Names in the contract are those of the
 * output without the prefix. Throws `PREDICTIONS_CONTRACT_VIOLATED` if there are other columns.
 */
export function applyContract(
  columns: readonly PredictionColumn[],
  answers: DecodedAnswers,
  contract: Contract,
  where: Where,
): Contracted {
  const answered = new Map(columns.map((each) => [each.name, each]));
  // A shard without a single prediction (all null, all failed) says nothing of their form.
  if (columns.length > 0) assertStatedNames([...answered.keys()], contract, where);
  const held: PredictionColumn[] = [];
  const misfits: Misfit[] = [];
  for (const { name, type } of contract) {
    const label = `${where.naming.prefix}${name}`;
    const each = answered.get(label) ?? { name: label, type: "Null", value: column("prediction") };
    const cast = castPrediction(each.value, each.type, type);
    if (cast === null) return { columns: [], misfits: null };
    held.push({ name: label, type: cast.type, value: cast.value });
    misfits.push(...misfitsOf(each, cast.spoiled, type, answers));
  }
  return { columns: held, misfits };
}

/** Throws `PREDICTIONS_CONTRACT_VIOLATED` if the names are not those of the contract, with the prefix. */
export function assertStatedNames(answered: readonly string[], contract: Contract, { shard, naming }: Where): void {
  checkNames(
    answered,
    contract.map(({ name }) => `${naming.prefix}${name}`),
    shard,
  );
}

function checkNames(answered: readonly string[], stated: readonly string[], shard: number): void {
  const missing = stated.filter((name) => !answered.includes(name));
  const surplus = answered.filter((name) => !stated.includes(name));
  if (missing.length + surplus.length === 0) return;
  throw violated(
    `Shard ${shard}: output.predictions states ${list(stated)}, the model answers ${list(answered)}` +
      `${missing.length > 0 ? `; ${list(missing)} missing` : ""}${surplus.length > 0 ? `; ${list(surplus)} not stated` : ""}. ` +
      "Correct output.predictions, or the model.",
    shard,
  );
}

function misfitsOf(
  { name, type: answered, value }: PredictionColumn,
  spoiled: Expr | null,
  type: PredictionType,
  { predictions }: DecodedAnswers,
): Misfit[] {
  const missing = type.notNull === true ? value.isNull() : null;
  const mask = spoiled === null ? missing : missing === null ? spoiled : spoiled.or(missing);
  if (mask === null) return [];
  const looked = predictions
    .lazy()
    .select(mask.fillNull(pl.lit(false)).alias("misfit"))
    .collectSync();
  if (looked.filter(pl.col("misfit")).height === 0) return [];
  const rows = (looked.getColumn("misfit").toArray() as boolean[]).flatMap((found, row) => (found ? [row] : []));
  const text = typeof answered === "string" ? value.cast(pl.Utf8) : pl.lit(null).cast(pl.Utf8);
  const texts = predictions.lazy().select(text.alias("value")).collectSync().getColumn("value");
  return rows.map((row) => ({ row, column: name, value: String(texts.get(row)), type }));
}

function violated(message: string, shard: number): ScoreframeError {
  return new ScoreframeError("PREDICTIONS_CONTRACT_VIOLATED", message, { shard, option: "output.predictions" });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");
}
