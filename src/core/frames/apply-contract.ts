import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { PredictionField, PredictionType } from "../job/prediction-type.ts";
import { castPrediction } from "./cast-prediction.ts";
import { typeText } from "./column-type.ts";
import { contractType } from "./contract-columns.ts";
import type { DecodedAnswers } from "./decoded-answers.ts";
import { castTo, column, pl } from "./polars.ts";
import type { PredictionColumn, PredictionNaming } from "./prediction-columns.ts";

type Contract = readonly PredictionField[];
type Where = { readonly shard: number; readonly naming: PredictionNaming };

/**
 * Holds the answered columns to `output.predictions`: the same names, each value of the stated type. Names in the contract are those of the
 * output without the prefix. Returns the columns in the order of the contract.
 */
export function applyContract(
  columns: readonly PredictionColumn[],
  answers: DecodedAnswers,
  contract: Contract,
  where: Where,
): PredictionColumn[] {
  const names = contract.map(({ name }) => `${where.naming.prefix}${name}`);
  const answered = new Map(columns.map((each) => [each.name, each]));
  // A shard without a single prediction (all null, all failed) says nothing of their form.
  if (columns.length > 0) checkNames([...answered.keys()], names, where.shard);
  return contract.map(({ name, type }) => {
    const label = `${where.naming.prefix}${name}`;
    const each = answered.get(label);
    if (each === undefined) {
      const wanted = contractType(type);
      return { name: label, type: wanted, value: castTo(column("prediction"), wanted) };
    }
    return held(each, answers, type, where.shard);
  });
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

function held(
  each: PredictionColumn,
  answers: DecodedAnswers,
  contract: PredictionType,
  shard: number,
): PredictionColumn {
  const cast = castPrediction(each.value, each.type, contract);
  const wanted = typeText(contractType(contract));
  if (cast === null) {
    throw violated(
      `Shard ${shard}: output.predictions states "${each.name}" as ${wanted}, the model answers ${typeText(each.type)}. Correct the contract, or the model.`,
      shard,
    );
  }
  if (cast.spoiled !== null) {
    const spoiled = answers.predictions
      .lazy()
      .select(each.value.cast(pl.Utf8).alias("value"), cast.spoiled.alias("spoiled"))
      .collectSync();
    const values = spoiled.filter(pl.col("spoiled")).getColumn("value").toArray() as string[];
    if (values.length > 0) {
      throw violated(
        `Shard ${shard}: output.predictions states "${each.name}" as ${wanted}; ${values.length} predictions are not, the first is ${values[0]}. ` +
          "Correct the contract, or the model.",
        shard,
      );
    }
  }
  return { name: each.name, type: cast.type, value: cast.value };
}

function violated(message: string, shard: number): ScoreframeError {
  return new ScoreframeError("PREDICTIONS_CONTRACT_VIOLATED", message, { shard, option: "output.predictions" });
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "nothing" : names.map((name) => `"${name}"`).join(", ");
}
