/**
 * A type of the prediction contract (`output.predictions`) as plain data.
 *
 * Grammar: `boolean | integer | int8 … int64 | uint64 | float | double | string | varchar | date | timestamp | list<T> | struct<name: T, …>`.
 * Aliases are resolved: `integer` is int64, `varchar` is string.
 */
export type PredictionType =
  | { readonly kind: ScalarKind }
  | { readonly kind: "list"; readonly element: PredictionType }
  | { readonly kind: "struct"; readonly fields: readonly PredictionField[] };

export type PredictionField = { readonly name: string; readonly type: PredictionType };

export type ScalarKind =
  | "boolean"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint64"
  | "float"
  | "double"
  | "string"
  | "date"
  | "timestamp";
