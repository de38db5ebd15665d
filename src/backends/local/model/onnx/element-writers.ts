import type { OnnxData, OnnxNumbers } from "./onnx-runtime.ts";

/** Puts one JSON value into a tensor's data. */
export type ElementWriter = {
  allocate(length: number): OnnxData;
  /** Writes `value` at `index`; returns what is wrong with it ("null, where …"), or null on success. */
  write(data: OnnxData, index: number, value: unknown): string | null;
  /** A value that it accepts, for examples. */
  readonly sample: unknown;
};

type NumberArray = { new (length: number): OnnxNumbers };

const integers: Readonly<Record<string, readonly [array: NumberArray, min: bigint, max: bigint]>> = {
  int64: [BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n],
  uint64: [BigUint64Array, 0n, 2n ** 64n - 1n],
  int32: [Int32Array, -(2n ** 31n), 2n ** 31n - 1n],
  uint32: [Uint32Array, 0n, 2n ** 32n - 1n],
  int16: [Int16Array, -(2n ** 15n), 2n ** 15n - 1n],
  uint16: [Uint16Array, 0n, 2n ** 16n - 1n],
  int8: [Int8Array, -128n, 127n],
  uint8: [Uint8Array, 0n, 255n],
};

/** Null for types that JSON cannot express, such as complex64. */
export function elementWriter(type: string): ElementWriter | null {
  if (type === "float32") return floats(Float32Array);
  if (type === "float64") return floats(Float64Array);
  if (type === "string") return strings;
  if (type === "bool") return booleans;
  const integer = integers[type];
  if (integer === undefined) return null;
  const [array, min, max] = integer;
  return type.endsWith("64") ? bigIntegers(array, min, max) : smallIntegers(array, Number(min), Number(max));
}

/** A missing value is NaN: the runtime would silently make null a 0. */
function floats(array: typeof Float32Array | typeof Float64Array): ElementWriter {
  return {
    sample: 0.5,
    allocate: (length) => new array(length),
    write: (data, index, value) => {
      const numbers = data as Float64Array;
      if (typeof value === "number") numbers[index] = value;
      else if (value === null || value === undefined) numbers[index] = Number.NaN;
      else if (typeof value === "bigint" || typeof value === "boolean") numbers[index] = Number(value);
      else return `${nameOf(value)}, where a number is needed`;
      return null;
    },
  };
}

/** Typed arrays wrap what does not fit and cut fractions off, so both are looked for first. */
function smallIntegers(array: NumberArray, min: number, max: number): ElementWriter {
  return {
    sample: 1,
    allocate: (length) => new array(length),
    write: (data, index, value) => {
      const number = typeof value === "boolean" ? Number(value) : value;
      if (typeof number === "bigint") return `${number}, which is out of range`;
      if (typeof number !== "number") return `${nameOf(number)}, where an integer is needed`;
      if (!Number.isInteger(number)) return `${number}, where an integer is needed`;
      if (number < min || number > max) return `${number}, which is out of range`;
      (data as Int32Array)[index] = number;
      return null;
    },
  };
}

function bigIntegers(array: NumberArray, min: bigint, max: bigint): ElementWriter {
  return {
    sample: 1,
    allocate: (length) => new array(length),
    write: (data, index, value) => {
      let number = value;
      if (typeof value === "number") {
        if (!Number.isInteger(value)) return `${value}, where an integer is needed`;
        number = BigInt(value);
      } else if (typeof value === "boolean") number = BigInt(value);
      if (typeof number !== "bigint") return `${nameOf(number)}, where an integer is needed`;
      if (number < min || number > max) return `${number}, which is out of range`;
      (data as BigInt64Array)[index] = number;
      return null;
    },
  };
}

const strings: ElementWriter = {
  sample: "a",
  allocate: (length) => new Array<string>(length).fill(""),
  write: (data, index, value) => {
    if (typeof value !== "string") return `${nameOf(value)}, where text is needed`;
    (data as string[])[index] = value;
    return null;
  },
};

const booleans: ElementWriter = {
  sample: true,
  allocate: (length) => new Uint8Array(length),
  write: (data, index, value) => {
    if (typeof value !== "boolean" && value !== 0 && value !== 1)
      return `${nameOf(value)}, where true or false is needed`;
    (data as Uint8Array)[index] = Number(value);
    return null;
  },
};

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string")
    return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return String(value);
}
