import type { ColumnType, TypedColumn } from "../frames/column-type.ts";
import type { ProtocolId } from "../protocols/protocol.ts";

/** Protocols that MLflow's server takes. */
const OF_MLFLOW: readonly ProtocolId[] = ["instances", "dataframe_split", "dataframe_records", "csv"];

/** What is known to go wrong with features of these types, before a row is sent: sentences that name the columns and the mend. */
export function featureWarnings(sent: readonly TypedColumn[], protocol: ProtocolId): string[] {
  const warnings: string[] = [];
  const named = (matches: (type: ColumnType) => boolean): string =>
    sent
      .filter(({ type }) => matches(type))
      .map(({ name }) => JSON.stringify(name))
      .join(", ");
  const times = named(isTime);
  const zoned = named(isZoned);
  const stamps = named(isDatetime);
  if (!OF_MLFLOW.includes(protocol)) return warnings;
  if (protocol === "csv") {
    if (times !== "")
      warnings.push(`MLflow refuses every date and timestamp in CSV (${times}): take another model.protocol for it.`);
    return warnings;
  }
  if (zoned !== "") {
    warnings.push(
      `MLflow refuses timestamps with a time zone (${zoned}): for it, cast them in the SQL, such as at::timestamp.`,
    );
  }
  if (stamps !== "") {
    warnings.push(
      `MLflow refuses a request in which timestamps differ in their number of fraction digits (${stamps}): ` +
        "for it, give all of them one form in the SQL, such as strftime(at, '%Y-%m-%dT%H:%M:%S.%f').",
    );
  }
  return warnings;
}

function isTime(type: ColumnType): boolean {
  return type === "Date" || isDatetime(type);
}

function isDatetime(type: ColumnType): type is Extract<ColumnType, { readonly Datetime: unknown }> {
  return typeof type === "object" && "Datetime" in type;
}

function isZoned(type: ColumnType): boolean {
  return isDatetime(type) && type.Datetime[1] !== null;
}
