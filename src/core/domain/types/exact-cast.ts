import type { ColumnType, StructField } from "./column-type.ts";
import { commonType, elementOf, isDecimal, isFloat, isInteger } from "./column-type.ts";

/** Whether the values of one type can be kept in another: all of them, those that the type happens to hold, or none but null. */
export type Exactness = "always" | "by_value" | "never";

/** A part of a column whose type differs, and how to get there: names of fields, and null for the elements of a list. */
export type LeafCast = {
  readonly path: readonly (string | null)[];
  readonly from: ColumnType;
  readonly to: ColumnType;
  readonly exactness: Exactness;
};

/** The parts of a column whose values must be changed to become those of the other type; none if the types are equal. */
export function leafCasts(from: ColumnType, to: ColumnType, path: LeafCast["path"] = []): LeafCast[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  const [element, wanted] = [elementOf(from), elementOf(to)];
  if (element !== null && wanted !== null) return leafCasts(element, wanted, [...path, null]);
  const [fields, wantedFields] = [fieldsOf(from), fieldsOf(to)];
  if (fields !== null && wantedFields !== null) {
    return fields.flatMap(({ name, dtype }) => {
      const other = wantedFields.find((field) => field.name === name);
      return other === undefined ? [] : leafCasts(dtype, other.dtype, [...path, name]);
    });
  }
  return [{ path, from, to, exactness: exactnessOf(from, to) }];
}

/** Fields that one type has and the other has not, as paths that begin with the column's name: `label.score`. */
export function surplusFields(type: ColumnType, other: ColumnType, path: string): string[] {
  const [element, otherElement] = [elementOf(type), elementOf(other)];
  if (element !== null && otherElement !== null) return surplusFields(element, otherElement, path);
  const [fields, otherFields] = [fieldsOf(type), fieldsOf(other)];
  if (fields === null || otherFields === null) return [];
  return fields.flatMap(({ name, dtype }) => {
    const same = otherFields.find((field) => field.name === name);
    return same === undefined ? [`${path}.${name}`] : surplusFields(dtype, same.dtype, `${path}.${name}`);
  });
}

/** The type with the fields of the other added at the end of its structs; everything else stays. */
export function withFieldsOf(type: ColumnType, other: ColumnType): ColumnType {
  const [element, otherElement] = [elementOf(type), elementOf(other)];
  if (element !== null && otherElement !== null) return withElement(type, withFieldsOf(element, otherElement));
  const [fields, otherFields] = [fieldsOf(type), fieldsOf(other)];
  if (fields === null || otherFields === null) return type;
  const known = fields.map(({ name, dtype }) => {
    const same = otherFields.find((field) => field.name === name);
    return { name, dtype: same === undefined ? dtype : withFieldsOf(dtype, same.dtype) };
  });
  return { Struct: [...known, ...otherFields.filter(({ name }) => !fields.some((field) => field.name === name))] };
}

function withElement(type: ColumnType, element: ColumnType): ColumnType {
  return typeof type === "object" && "Array" in type ? { Array: [element, type.Array[1]] } : { List: element };
}

function fieldsOf(type: ColumnType): readonly StructField[] | null {
  return typeof type === "object" && "Struct" in type ? type.Struct : null;
}

function exactnessOf(from: ColumnType, to: ColumnType): Exactness {
  if (from === "Null") return "always";
  if (isTimestamp(from) && isTimestamp(to)) return timestampExactness(from.Datetime, to.Datetime);
  if (!isNumber(from) || !isNumber(to)) return "never";
  if (isFloat(to) && !isFloat(from)) return digitsOf(from) <= FLOAT_DIGITS[to] ? "always" : "by_value";
  return !(isFloat(from) && !isFloat(to)) && JSON.stringify(commonType(from, to)) === JSON.stringify(to)
    ? "always"
    : "by_value";
}

/** Decimal digits that a float surely holds. */
const FLOAT_DIGITS = { Float16: 3, Float32: 6, Float64: 15 } as const;

function digitsOf(type: ColumnType): number {
  const common = commonType(type, { Decimal: [1, 0] });
  return common !== null && isDecimal(common) ? common.Decimal[0] : Number.POSITIVE_INFINITY;
}

/** An instant is no local time, in whatever zone it is shown. Nanoseconds reach from 1677 to 2262 only. */
function timestampExactness([unit, zone]: Timestamp, [wanted, wantedZone]: Timestamp): Exactness {
  if ((zone === null) !== (wantedZone === null)) return "never";
  if (unit === wanted) return "always";
  return unit === "Milliseconds" && wanted === "Microseconds" ? "always" : "by_value";
}

type TimestampType = Extract<ColumnType, { readonly Datetime: unknown }>;
type Timestamp = TimestampType["Datetime"];

function isTimestamp(type: ColumnType): type is TimestampType {
  return typeof type === "object" && "Datetime" in type;
}

function isNumber(type: ColumnType): boolean {
  return isInteger(type) || isFloat(type) || isDecimal(type);
}
