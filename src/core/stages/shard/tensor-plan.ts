import type { ColumnType } from "../../domain/types/column-type.ts";
import { commonType, isDecimal, isFloat, isInteger, typeText } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";
import type { EncodedColumn } from "./worker/encoded-column.ts";

/** A tensor of a V2 request, made of columns of the table. */
export type Tensor = {
  readonly name: string;
  readonly datatype: string;
  /** Several if all features are in one tensor. */
  readonly columns: readonly EncodedColumn[];
  /** Values of a row. */
  readonly width: number;
};

/** Values of the lists of a column, by its name: as many as the first list has that is not empty. */
export type ListWidths = Readonly<Record<string, number>>;

/**
 * One tensor per feature, or one of all features if the job names it. Throws `COLUMN_TYPE_UNSUPPORTED` for types that no tensor holds, and for
 * features that cannot be in one tensor together.
 */
export function planTensors(
  features: readonly EncodedColumn[],
  { tensor }: Pick<RequestOptions, "tensor">,
  widths: ListWidths,
): Tensor[] {
  const single = features.map((each): Tensor => {
    const datatype = datatypeOf(elementOf(each.type));
    if (datatype === null) throw unsupported(each, "A tensor holds numbers, booleans, text, and lists of these.");
    const width = isList(each.type) ? (widths[each.name] ?? 1) : 1;
    return { name: each.name, datatype, columns: [each], width };
  });
  const [first] = single;
  if (tensor === null || first === undefined) return single;
  if (single.length === 1) return [{ ...first, name: tensor }];
  return [{ name: tensor, datatype: commonDatatype(features), columns: features, width: features.length }];
}

/** Numbers widen to a type that holds all of them; booleans and texts stay among themselves. */
function commonDatatype(features: readonly EncodedColumn[]): string {
  let common: ColumnType = "Null";
  for (const each of features) {
    const type = simplified(each.type);
    const wider: ColumnType | null = isList(type) ? null : commonType(common, type);
    if (wider === null || (isNumber(type) && !isNumber(wider))) {
      throw unsupported(each, "In one tensor (model.tensor) all features have one type: numbers, booleans or text.");
    }
    common = wider;
  }
  return datatypeOf(common) ?? "BYTES";
}

/** By the type in which it is sent: text, or a float for a decimal. */
function simplified(type: ColumnType): ColumnType {
  if (isDecimal(type)) return "Float64";
  return datatypeOf(type) === "BYTES" ? "String" : type;
}

function isNumber(type: ColumnType): boolean {
  return isInteger(type) || isFloat(type);
}

/** Everything that is not a number or a boolean is sent as text; V2 has no decimals, only doubles. Null if the type is nested. */
export function datatypeOf(type: ColumnType): string | null {
  if (type === "Boolean") return "BOOL";
  if (isDecimal(type)) return "FP64";
  if (isInteger(type)) return type.toUpperCase();
  if (isFloat(type)) return `FP${type.slice("Float".length)}`;
  return typeof type === "object" && ("List" in type || "Array" in type || "Struct" in type) ? null : "BYTES";
}

export function isList(type: ColumnType): type is Extract<ColumnType, { readonly List: unknown }> {
  return typeof type === "object" && "List" in type;
}

function elementOf(type: ColumnType): ColumnType {
  return isList(type) ? type.List : type;
}

function unsupported({ name, type }: EncodedColumn, rule: string): ScoreframeError {
  return new ScoreframeError(
    "COLUMN_TYPE_UNSUPPORTED",
    `The protocol "open_inference" cannot carry the column ${JSON.stringify(name)}, whose type is ${typeText(type)}. ${rule} Cast it or take it ` +
      "apart in the SQL, leave it out of model.features, or set another model.protocol.",
    { option: "model.protocol", details: { column: name, type: typeText(type) } },
  );
}
