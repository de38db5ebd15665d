/** A tensor's values by row, as far as V2 knows rows: along the first dimension. A row of one value is the value, one of several is nested lists. */
export type TensorRows = { readonly name: string; readonly rows: readonly unknown[] };

/** What is wrong with tensors: their form, or that the data are more or fewer values than the shape says. */
export type TensorComplaint = { readonly complaint: string; readonly isCount: boolean };

/** A list of V2 tensors by their rows; values stay as they are. All must have as many rows. */
export function readTensors(tensors: readonly unknown[]): readonly TensorRows[] | TensorComplaint {
  if (tensors.length === 0) return { complaint: "there is no tensor", isCount: false };
  const read: TensorRows[] = [];
  for (const tensor of tensors) {
    const one = readTensor(tensor);
    if ("complaint" in one) return one;
    read.push(one);
  }
  const [first] = read;
  const other = read.find(({ rows }) => rows.length !== first?.rows.length);
  if (other !== undefined) {
    const complaint = `"${first?.name}" has ${first?.rows.length} rows, and "${other.name}" has ${other.rows.length}`;
    return { complaint, isCount: true };
  }
  const names = read.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? read : { complaint: `"${twice}" is there twice`, isCount: false };
}

function readTensor(tensor: unknown): TensorRows | TensorComplaint {
  const { name, shape, data } = (tensor ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name !== "string") return { complaint: "a tensor has no name", isCount: false };
  const sizes = Array.isArray(shape) ? shape.map((size) => Number(JSON.stringify(size))) : [];
  const isShape = sizes.length > 0 && sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) return { complaint: `"${name}" has no shape`, isCount: false };
  if (!Array.isArray(data)) return { complaint: `"${name}" has no list of data`, isCount: false };
  const nested = nestedSizes(data);
  if (nested === null) return { complaint: `"${name}" has ragged data`, isCount: false };
  if (nested.length > 1 && !isSameShape(nested, sizes)) {
    const shapes = `[${sizes.join(",")}] as its shape and data of the shape [${nested.join(",")}]`;
    return { complaint: `"${name}" has ${shapes}`, isCount: true };
  }
  const values: unknown[] = data.some(Array.isArray) ? data.flat(Number.POSITIVE_INFINITY) : data;
  const expected = sizes.reduce((product, size) => product * size, 1);
  if (values.length !== expected) {
    return { complaint: `"${name}" has ${values.length} values for the shape [${sizes.join(",")}]`, isCount: true };
  }
  const [rows = 0, ...rest] = sizes;
  return { name, rows: isScalar(rest) ? values : nest(values, rows, rest) };
}

/** The sizes of lists in lists; null if lists of one level have several lengths, or values among them. */
function nestedSizes(data: readonly unknown[]): number[] | null {
  if (!data.some(Array.isArray)) return [data.length];
  const [first, ...others] = data.map((each) => (Array.isArray(each) ? nestedSizes(each) : null));
  if (first === undefined || first === null) return null;
  const isUniform = others.every((sizes) => sizes !== null && sizes.join() === first.join());
  return isUniform ? [data.length, ...first] : null;
}

/** Whether shapes differ in dimensions of one value alone. */
function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  const plain = (sizes: readonly number[]): string => sizes.filter((size) => size !== 1).join();
  return plain(a) === plain(b);
}

function isScalar(rest: readonly number[]): boolean {
  return rest.length === 0 || (rest.length === 1 && rest[0] === 1);
}

/** Row-major values as lists of lists. */
function nest(values: readonly unknown[], count: number, [width, ...rest]: readonly number[]): unknown[] {
  const size = values.length / Math.max(1, count);
  return Array.from({ length: count }, (_, index) => {
    const part = values.slice(index * size, (index + 1) * size);
    return width === undefined || rest.length === 0 ? part : nest(part, width, rest);
  });
}
