import type { ColumnShape, ShapeField } from "./column-shape.ts";

/** Shapes that may hold every value of several ones, best first. */
export type Candidates = {
  readonly shapes: readonly ColumnShape[];
  /** Whether the first one holds all possible values; otherwise the values must be checked. */
  readonly exact: boolean;
};

/** Shapes that have nothing in common, at a path below the column (`.items[].price`). */
export type Conflict = { readonly conflict: string };

/** Does not depend on the order of the shapes. */
export function unifyShapes(shapes: readonly ColumnShape[], path = ""): Candidates | Conflict {
  const known = shapes.filter((shape) => shape.kind !== "null");
  const [first] = known;
  if (first === undefined) return { shapes: [{ kind: "null" }], exact: true };
  const conflict = { conflict: path };
  switch (first.kind) {
    case "leaf": {
      if (!allOf(known, "leaf")) return conflict;
      const { types, exact } = commonTypes([...new Set(known.map((shape) => shape.type))]);
      return types.length === 0 ? conflict : { shapes: types.map((type) => ({ kind: "leaf", type })), exact };
    }
    case "list": {
      if (!allOf(known, "list")) return conflict;
      return combine(
        {
          element: unifyShapes(
            known.map(({ element }) => element),
            `${path}[]`,
          ),
        },
        ({ element }) => ({
          kind: "list",
          element,
        }),
      );
    }
    case "map": {
      if (!allOf(known, "map")) return conflict;
      const key = unifyShapes(
        known.map((shape) => shape.key),
        `${path}.key`,
      );
      const value = unifyShapes(
        known.map((shape) => shape.value),
        `${path}.value`,
      );
      return combine({ key, value }, (parts) => ({ kind: "map", ...parts }));
    }
    case "struct": {
      if (!allOf(known, "struct")) return conflict;
      return unifyFields(
        known.map(({ fields }) => fields),
        path,
      );
    }
    default:
      return conflict;
  }
}

function unifyFields(structs: readonly (readonly ShapeField[])[], path: string): Candidates | Conflict {
  const shapes = new Map<string, ColumnShape[]>();
  const names = new Map<string, string>();
  for (const { name, shape } of structs.flat()) {
    const other = names.get(name.toLowerCase()) ?? name;
    if (other !== name) return { conflict: `${path}.${name}` };
    names.set(name.toLowerCase(), name);
    shapes.set(name, [...(shapes.get(name) ?? []), shape]);
  }
  const unified = [...shapes].map(([name, each]) => [name, unifyShapes(each, `${path}.${name}`)] as const);
  return combine(Object.fromEntries(unified.map(([, part], index) => [index, part])), (parts) => ({
    kind: "struct",
    fields: unified.map(([name], index) => ({ name, shape: parts[index] as ColumnShape })),
  }));
}

/** The n-th candidate of a whole has the n-th candidate of each part, or its last one. */
function combine<Key extends string | number>(
  parts: Readonly<Record<Key, Candidates | Conflict>>,
  build: (parts: Readonly<Record<Key, ColumnShape>>) => ColumnShape,
): Candidates | Conflict {
  const entries = Object.entries(parts) as [Key, Candidates | Conflict][];
  for (const [, part] of entries) if ("conflict" in part) return part;
  const candidates = entries as [Key, Candidates][];
  const count = Math.max(1, ...candidates.map(([, { shapes }]) => shapes.length));
  const shapes = Array.from({ length: count }, (_, index) => {
    const chosen = candidates.map(([key, each]) => [key, each.shapes[Math.min(index, each.shapes.length - 1)]]);
    return build(Object.fromEntries(chosen) as Record<Key, ColumnShape>);
  });
  return { shapes, exact: candidates.every(([, { exact }]) => exact) };
}

function allOf<Kind extends ColumnShape["kind"]>(
  shapes: readonly ColumnShape[],
  kind: Kind,
): shapes is Extract<ColumnShape, { kind: Kind }>[] {
  return shapes.every((shape) => shape.kind === kind);
}

/** Bits of the values of DuckDB's whole numbers, without the sign's. */
const INTEGERS: Readonly<Record<string, { readonly bits: number; readonly signed: boolean; readonly digits: number }>> =
  {
    TINYINT: { bits: 7, signed: true, digits: 3 },
    UTINYINT: { bits: 8, signed: false, digits: 3 },
    SMALLINT: { bits: 15, signed: true, digits: 5 },
    USMALLINT: { bits: 16, signed: false, digits: 5 },
    INTEGER: { bits: 31, signed: true, digits: 10 },
    UINTEGER: { bits: 32, signed: false, digits: 10 },
    BIGINT: { bits: 63, signed: true, digits: 19 },
    UBIGINT: { bits: 64, signed: false, digits: 20 },
  };
/** Whole numbers of more bits are rounded by FLOAT and DOUBLE. */
const FLOAT_BITS = 24;
const DOUBLE_BITS = 53;
const MOST_DIGITS = 38;

/** Texts of some kind become VARCHAR on their way. */
const TEXTS = new Set(["VARCHAR", "JSON", "UUID"]);
/** Times without a zone, coarse to fine. */
const TIMES = ["TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP", "TIMESTAMP_NS"];

type CommonTypes = { readonly types: readonly string[]; readonly exact: boolean };

/** Types that hold the values of several types, best first; none if they are of different kinds. */
function commonTypes(types: readonly string[]): CommonTypes {
  const [first = ""] = types;
  if (types.length === 1) return { types: [first], exact: true };
  if (types.every((type) => TEXTS.has(type))) return { types: ["VARCHAR"], exact: true };
  if (types.every((type) => TIMES.includes(type))) {
    const finest = TIMES.findLast((time) => types.includes(time)) ?? "TIMESTAMP";
    // Nanoseconds end in the year 2262.
    return finest === "TIMESTAMP_NS"
      ? { types: [finest, "TIMESTAMP"], exact: false }
      : { types: [finest], exact: true };
  }
  return commonNumbers(types);
}

function commonNumbers(types: readonly string[]): CommonTypes {
  const integers = types.filter((type) => type in INTEGERS);
  const decimals = types.flatMap((type) => decimalOf(type) ?? []);
  const floats = types.filter((type) => type === "FLOAT" || type === "DOUBLE");
  if (integers.length + decimals.length + floats.length < types.length) return { types: [], exact: false };
  if (decimals.length > 0) {
    return floats.length > 0 ? { types: [], exact: false } : commonDecimal(integers, decimals);
  }
  const whole = commonInteger(integers);
  if (floats.length === 0) return { types: [whole], exact: true };
  const bits = Math.max(0, ...integers.map((type) => INTEGERS[type]?.bits ?? 0));
  if (bits <= FLOAT_BITS && !floats.includes("DOUBLE")) return { types: ["FLOAT"], exact: true };
  return bits <= DOUBLE_BITS
    ? { types: ["DOUBLE"], exact: true }
    : { types: ["DOUBLE", whole, "HUGEINT"], exact: false };
}

function commonInteger(types: readonly string[]): string {
  const infos = types.map((type) => INTEGERS[type]).filter((info) => info !== undefined);
  const bits = Math.max(0, ...infos.map((info) => info.bits));
  const signed = infos.some((info) => info.signed);
  const fitting = Object.entries(INTEGERS).find(([, info]) => info.signed === signed && info.bits >= bits);
  return fitting?.[0] ?? "HUGEINT";
}

type Decimal = { readonly whole: number; readonly scale: number };

function commonDecimal(integers: readonly string[], decimals: readonly Decimal[]): CommonTypes {
  const scale = Math.max(...decimals.map((decimal) => decimal.scale));
  const digits = [...decimals.map((decimal) => decimal.whole), ...integers.map((type) => INTEGERS[type]?.digits ?? 0)];
  const wanted = Math.max(...digits) + scale;
  return { types: [`DECIMAL(${Math.min(MOST_DIGITS, wanted)},${scale})`], exact: wanted <= MOST_DIGITS };
}

function decimalOf(type: string): Decimal | undefined {
  const [, precision, scale] = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type) ?? [];
  return precision === undefined ? undefined : { whole: Number(precision) - Number(scale), scale: Number(scale) };
}
