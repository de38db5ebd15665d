import type { SentColumn } from "../../domain/sent-column.ts";
import type { ColumnType } from "../../domain/types/column-type.ts";
import { isInteger } from "../../domain/types/column-type.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";

type Rule = {
  readonly protocols: readonly ProtocolId[];
  readonly concerns: (column: SentColumn) => boolean;
  /** A sentence about the columns, which are named in it. */
  readonly says: (columns: string) => string;
};

const FRAMES: readonly ProtocolId[] = ["dataframe_split", "dataframe_records"];
const ALL: readonly ProtocolId[] = [...FRAMES, "instances"];

/** What MLflow's server does to values, as test/servers/mlflow-types.test.ts saw it; silent changes come first. */
const RULES: readonly Rule[] = [
  {
    protocols: ALL,
    concerns: ({ type, hasNull }) => type === "Boolean" && hasNull,
    says: (columns) =>
      `MLflow reads null in a boolean column as false (${columns}): for MLflow, leave such rows out, or send a number, such as x::integer::double.`,
  },
  {
    protocols: ["instances"],
    concerns: ({ type, hasNull }) => (type === "String" || type === "Binary") && hasNull,
    says: (columns) =>
      `MLflow reads null in text as the word None in the protocol instances (${columns}): for MLflow, use dataframe_split.`,
  },
  {
    protocols: FRAMES,
    concerns: ({ type }) => type === "UInt64",
    says: (columns) =>
      `MLflow reads whole numbers above 9223372036854775807 as negative ones (${columns}): for MLflow, cast to BIGINT, which fails for them, or to VARCHAR.`,
  },
  {
    protocols: ALL,
    concerns: ({ type, hasNull }) => isInteger(type) && hasNull,
    says: (columns) =>
      `MLflow rejects a request with a null in a column of whole numbers, or makes floats of them if the model has no signature (${columns}): for MLflow, cast to DOUBLE.`,
  },
  {
    protocols: FRAMES,
    concerns: ({ type }) => isZoned(type),
    says: (columns) =>
      `MLflow rejects timestamps with a time zone (${columns}): for MLflow, convert them to UTC in the SQL, such as at AT TIME ZONE 'UTC'.`,
  },
  {
    protocols: FRAMES,
    concerns: ({ type }) => isDatetime(type),
    says: (columns) =>
      `MLflow rejects a request in which timestamps differ in their number of fraction digits (${columns}): ` +
      "for MLflow, give all of them one form in the SQL, such as strftime(at, '%Y-%m-%dT%H:%M:%S.%f').",
  },
  {
    protocols: ["csv"],
    concerns: ({ type }) => type === "Date" || isDatetime(type),
    says: (columns) =>
      `MLflow rejects every date and timestamp in CSV (${columns}): for MLflow, use another model.protocol.`,
  },
];

/** What MLflow's server is known to reject or to change, before a row is sent: sentences that name the columns and the fix. */
export function mlflowWarnings(sent: readonly SentColumn[], protocol: ProtocolId): string[] {
  return RULES.filter(({ protocols }) => protocols.includes(protocol)).flatMap(({ concerns, says }) => {
    const names = sent.filter(concerns).map(({ name }) => JSON.stringify(name));
    return names.length === 0 ? [] : [says(names.join(", "))];
  });
}

function isDatetime(type: ColumnType): type is Extract<ColumnType, { readonly Datetime: unknown }> {
  return typeof type === "object" && "Datetime" in type;
}

function isZoned(type: ColumnType): boolean {
  return isDatetime(type) && type.Datetime[1] !== null;
}
