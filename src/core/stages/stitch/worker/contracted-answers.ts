import type { PredictionField } from "../../../domain/types/prediction-type.ts";
import { holdsNotNull } from "../../../domain/types/prediction-type.ts";
import { contractCause, decodeDeclared, misfitText } from "../../../responses/read/decode-declared.ts";
import type { DecodeAnswersInput, DecodedAnswers, RowFailure } from "../../../responses/read/decoded-answers.ts";
import type { PredictionColumn, PredictionNaming } from "../../../responses/types/prediction-columns.ts";
import { predictionColumns } from "../../../responses/types/prediction-columns.ts";
import { applyContract, assertStatedNames } from "./apply-contract.ts";

export type ContractedAnswers = {
  readonly answers: DecodedAnswers;
  readonly columns: readonly PredictionColumn[];
};

type Contract = {
  readonly contract: readonly PredictionField[];
  readonly naming: PredictionNaming;
};

/**
 * Answers with the columns that `output.predictions` states. `quick`: the answers decoded as a whole; null if that was not possible. They are
 * taken if every value is of its type. Otherwise each response is read as the contract states it, and what is of another type fails its row.
 */
export function contractedAnswers(
  quick: DecodedAnswers | null,
  input: () => DecodeAnswersInput,
  { contract, naming, shard }: Contract & { readonly shard: number },
): ContractedAnswers {
  const columns = quick === null ? null : contractedColumns(quick, { contract, naming, shard });
  if (quick !== null && columns !== null) return { answers: quick, columns };
  return readAsDeclared(input(), { contract, naming });
}

/** The columns of answers that were decoded as a whole; null if a value is not of its type. */
export function contractedColumns(
  answers: DecodedAnswers,
  {
    contract,
    naming,
    shard,
  }: { readonly contract: Contract["contract"] | null } & Omit<Contract, "contract"> & {
      readonly shard: number;
    },
): readonly PredictionColumn[] | null {
  const found = predictionColumns(answers, naming);
  if (contract === null) return found;
  if (contract.some(({ type }) => holdsNotNull(type))) return null;
  const { columns, misfits } = applyContract(found, answers, contract, { shard, naming });
  return misfits !== null && misfits.length === 0 ? columns : null;
}

function readAsDeclared(input: DecodeAnswersInput, { contract, naming }: Contract): ContractedAnswers {
  const { shard, lineRows } = input;
  const declared = decodeDeclared({ ...input, contract, naming });
  if (declared.names.size > 0) {
    const names = [...declared.names].map((name) => `${naming.prefix}${name}`);
    assertStatedNames(names, contract, { shard, naming });
  }
  // What was read is of its type, but for dates and timestamps, which are text until they are cast.
  const { columns, misfits } = applyContract(predictionColumns(declared, naming), declared, contract, {
    shard,
    naming,
  });
  const failed = new Set(declared.failures.map(({ row }) => row));
  const misfit = new Map((misfits ?? []).filter(({ row }) => !failed.has(row)).map((each) => [each.row, each]));
  if (misfit.size === 0) return { answers: declared, columns };
  const lines = lineRows.flatMap((rows, line) => Array.from({ length: rows }, () => line));
  const failures = [...misfit.values()].map(({ row, column, value, type }): RowFailure => {
    const line = lines[row] as number;
    return { row, line, cause: contractCause(shard, line, misfitText(column, JSON.stringify(value), type)) };
  });
  const all = [...declared.failures, ...failures].toSorted((a, b) => a.row - b.row);
  return { answers: { ...declared, failures: all }, columns };
}
