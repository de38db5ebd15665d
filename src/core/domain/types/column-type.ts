/**
 * The type of a column as plain data, in the spelling of Polars' own serialised form (so that a cast takes it unchanged):
 * `"Int64"`, `"String"`, `"Binary"`, `{ List: "Float64" }`, `{ Struct: [{ name: "label", dtype: "String" }] }`.
 */
export type ColumnType =
  | ScalarType
  | { readonly Datetime: readonly [TimeUnit, { readonly inner: string } | null] }
  | { readonly Duration: TimeUnit }
  | { readonly Decimal: readonly [precision: number, scale: number] }
  | { readonly List: ColumnType }
  | { readonly Array: readonly [ColumnType, width: number] }
  | { readonly Struct: readonly StructField[] };

export type ScalarType = IntegerType | FloatType | "Null" | "Boolean" | "String" | "Binary" | "Date" | "Time";
export type TimeUnit = "Nanoseconds" | "Microseconds" | "Milliseconds";
export type StructField = { readonly name: string; readonly dtype: ColumnType };
export type TypedColumn = {
  readonly name: string;
  readonly type: ColumnType;
  /** Of cells of CSV responses: the type as which each value could be written as well, see `CsvColumn`; the same type if there is no other. */
  readonly alternative?: ColumnType;
};

export type IntegerType = "Int8" | "Int16" | "Int32" | "Int64" | "UInt8" | "UInt16" | "UInt32" | "UInt64";
type FloatType = "Float16" | "Float32" | "Float64";

/** Decimal digits that hold every value of an integer type. */
const INTEGER_DIGITS: Readonly<Record<IntegerType, number>> = {
  Int8: 3,
  UInt8: 3,
  Int16: 5,
  UInt16: 5,
  Int32: 10,
  UInt32: 10,
  Int64: 19,
  UInt64: 20,
};
const MAX_DECIMAL_DIGITS = 38;

/** The type with String in the place of every Null: a table needs a type also for a column without values. */
export function settleType(type: ColumnType): ColumnType {
  if (type === "Null") return "String";
  if (typeof type === "string") return type;
  if ("List" in type) return { List: settleType(type.List) };
  if ("Array" in type) return { Array: [settleType(type.Array[0]), type.Array[1]] };
  if ("Struct" in type) return { Struct: type.Struct.map(({ name, dtype }) => ({ name, dtype: settleType(dtype) })) };
  return type;
}

/** The type for people, and for the manifest: `List(Struct(label: String, score: Float64))`. */
export function typeText(type: ColumnType): string {
  if (typeof type === "string") return type;
  if ("List" in type) return `List(${typeText(type.List)})`;
  if ("Array" in type) return `Array(${typeText(type.Array[0])}, ${type.Array[1]})`;
  if ("Struct" in type)
    return `Struct(${type.Struct.map((field) => `${field.name}: ${typeText(field.dtype)}`).join(", ")})`;
  if ("Decimal" in type) return `Decimal(${type.Decimal.join(", ")})`;
  if ("Duration" in type) return `Duration(${type.Duration})`;
  const [unit, zone] = type.Datetime;
  return zone === null ? `Datetime(${unit})` : `Datetime(${unit}, ${zone.inner})`;
}

/** The narrowest type that holds every value of both; null if there is none. */
export function commonType(a: ColumnType, b: ColumnType): ColumnType | null {
  if (a === "Null") return b;
  if (b === "Null" || JSON.stringify(a) === JSON.stringify(b)) return a;
  if (typeof a === "object" && typeof b === "object") return nestedSupertype(a, b);
  return numericSupertype(a, b);
}

function nestedSupertype(a: Exclude<ColumnType, string>, b: Exclude<ColumnType, string>): ColumnType | null {
  const elementA = elementOf(a);
  const elementB = elementOf(b);
  if (elementA !== null && elementB !== null) {
    const element = commonType(elementA, elementB);
    if (element === null) return null;
    return "Array" in a && "Array" in b && a.Array[1] === b.Array[1]
      ? { Array: [element, a.Array[1]] }
      : { List: element };
  }
  if ("Struct" in a && "Struct" in b) return structSupertype(a.Struct, b.Struct);
  return numericSupertype(a, b);
}

/** The type of a list's elements; null if the type is no list. */
export function elementOf(type: ColumnType): ColumnType | null {
  if (typeof type === "string") return null;
  if ("List" in type) return type.List;
  return "Array" in type ? type.Array[0] : null;
}

function structSupertype(a: readonly StructField[], b: readonly StructField[]): ColumnType | null {
  const fields = new Map(a.map((field) => [field.name, field.dtype]));
  for (const { name, dtype } of b) {
    const unified = commonType(fields.get(name) ?? "Null", dtype);
    if (unified === null) return null;
    fields.set(name, unified);
  }
  return { Struct: [...fields].map(([name, dtype]) => ({ name, dtype })) };
}

function numericSupertype(a: ColumnType, b: ColumnType): ColumnType | null {
  if (isFloat(a) && isFloat(b)) return a === "Float64" || b === "Float64" ? "Float64" : "Float32";
  if (isInteger(a) && isInteger(b)) return integerSupertype(a, b);
  if (isFloat(a) || isFloat(b)) return isNumeric(a) && isNumeric(b) ? "Float64" : null;
  const [digitsA, digitsB] = [decimalOf(a), decimalOf(b)];
  if (digitsA === null || digitsB === null) return null;
  const scale = Math.max(digitsA[1], digitsB[1]);
  const precision = Math.max(digitsA[0] - digitsA[1], digitsB[0] - digitsB[1]) + scale;
  return precision > MAX_DECIMAL_DIGITS ? null : { Decimal: [precision, scale] };
}

/** No integer type holds both negative values and the upper half of UInt64, and Float64 would round them: a decimal is exact. */
function integerSupertype(a: IntegerType, b: IntegerType): ColumnType {
  const bits = (type: IntegerType): number => Number(type.replace(/\D/g, ""));
  const signed = (type: IntegerType): boolean => type.startsWith("Int");
  const [narrow, wide] = bits(a) < bits(b) ? [a, b] : [b, a];
  if (signed(a) === signed(b) || (signed(wide) && bits(wide) > bits(narrow))) return wide;
  const needed = bits(signed(a) ? b : a) * 2;
  return needed > 64 ? { Decimal: [INTEGER_DIGITS.UInt64, 0] } : (`Int${needed}` as IntegerType);
}

function decimalOf(type: ColumnType): readonly [number, number] | null {
  if (isInteger(type)) return [INTEGER_DIGITS[type], 0];
  return isDecimal(type) ? type.Decimal : null;
}

export function isInteger(type: ColumnType): type is IntegerType {
  return typeof type === "string" && type in INTEGER_DIGITS;
}

export function isFloat(type: ColumnType): type is FloatType {
  return typeof type === "string" && type.startsWith("Float");
}

export function isDecimal(type: ColumnType): type is Extract<ColumnType, { readonly Decimal: unknown }> {
  return typeof type === "object" && "Decimal" in type;
}

function isNumeric(type: ColumnType): boolean {
  return isFloat(type) || decimalOf(type) !== null;
}

/** Whether a list of structs occurs at any depth: what the JSON encoder gets wrong in a sliced frame. */
export function containsListOfStruct(type: ColumnType): boolean {
  if (typeof type === "string") return false;
  const element = elementOf(type);
  if (element !== null) return containsStruct(element);
  return "Struct" in type && type.Struct.some((field) => containsListOfStruct(field.dtype));
}

function containsStruct(type: ColumnType): boolean {
  if (typeof type === "string") return false;
  const element = elementOf(type);
  return element === null ? "Struct" in type : containsStruct(element);
}
