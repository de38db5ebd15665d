import type { ColumnType, TypedColumn } from "./column-type.ts";
import type { PredictionField, PredictionType, ScalarKind } from "./prediction-type.ts";

const SCALARS: Readonly<Record<ScalarKind, ColumnType>> = {
  boolean: "Boolean",
  int8: "Int8",
  int16: "Int16",
  int32: "Int32",
  int64: "Int64",
  uint64: "UInt64",
  float: "Float32",
  double: "Float64",
  string: "String",
  date: "Date",
  timestamp: { Datetime: ["Microseconds", null] },
};

/** The column type of a contract. */
export function contractType(contract: PredictionType): ColumnType {
  if (contract.kind === "list") return { List: contractType(contract.element) };
  if (contract.kind !== "struct") return SCALARS[contract.kind];
  return { Struct: contract.fields.map((field) => ({ name: field.name, dtype: contractType(field.type) })) };
}

/** The prediction columns that a contract states, in its order. */
export function contractColumns(contract: readonly PredictionField[], prefix: string): TypedColumn[] {
  return contract.map(({ name, type }) => ({ name: `${prefix}${name}`, type: contractType(type) }));
}
