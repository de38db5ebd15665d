/**
 * A type of the prediction contract (`output.predictions`) as plain data.
 *
 * Grammar: `boolean | integer | int8 … int64 | uint64 | float | double | string | varchar | date | timestamp | list<T> | struct<name: T, …>`,
 * each with `not null` behind it or without. Aliases are resolved: `integer` is int64, `varchar` is string.
 */
export type PredictionType = (
  | { readonly kind: ScalarKind }
  | { readonly kind: "list"; readonly element: PredictionType }
  | { readonly kind: "struct"; readonly fields: readonly PredictionField[] }
) & {
  /** Whether a null fails its row. Absent if it does not. */
  readonly notNull?: true;
};

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

/** The type as it can be written in `output.predictions`. */
export function predictionTypeText(type: PredictionType): string {
  return `${plainText(type)}${type.notNull === true ? " not null" : ""}`;
}

function plainText(type: PredictionType): string {
  if (type.kind === "list") return `list<${predictionTypeText(type.element)}>`;
  if (type.kind !== "struct") return type.kind;
  return `struct<${type.fields.map((field) => `${field.name}: ${predictionTypeText(field.type)}`).join(", ")}>`;
}

/** Whether null is ruled out anywhere inside of the type: in the elements of a list, in a field. */
export function holdsNotNull(type: PredictionType): boolean {
  const inner =
    type.kind === "list" ? [type.element] : type.kind === "struct" ? type.fields.map((each) => each.type) : [];
  return inner.some((each) => each.notNull === true || holdsNotNull(each));
}
