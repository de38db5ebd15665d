/** Writes small ONNX models, by the field numbers of onnx.proto, so that each trap has a model of its own. */

/** Numbers of TensorProto.DataType. */
const ELEMENT_TYPES = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float64: 11,
  complex64: 14,
} as const;

export type TensorValue = {
  readonly name: string;
  readonly type: keyof typeof ELEMENT_TYPES;
  /** Text is a free dimension. */
  readonly shape: readonly (number | string)[];
};

/** A model that answers each input as it came, as `<name>_out`. */
export function identityModel(inputs: readonly TensorValue[]): Uint8Array {
  const nodes = inputs.map(({ name }) => node("Identity", name, `${name}_out`));
  const outputs = inputs.map((input) => tensorInfo({ ...input, name: `${input.name}_out` }));
  return model(nodes, inputs.map(tensorInfo), outputs);
}

/** What scikit-learn's converter writes without `zipmap=False`: probabilities as a list of maps, with or without a label. */
export function zipmapModel(withLabel: boolean): Uint8Array {
  const classes = bytes(5, [...text(1, "classlabels_int64s"), ...varint(8, 0), ...varint(8, 1), ...varint(20, 7)]);
  const zipmap = [...node("ZipMap", "scores", "output_probability"), ...classes, ...text(7, "ai.onnx.ml")];
  const map = [...varint(1, ELEMENT_TYPES.int64), ...bytes(2, tensorType("float32", null))];
  const maps = [...text(1, "output_probability"), ...bytes(2, bytes(4, bytes(1, bytes(5, map))))];
  const label = { name: "label", type: "float32", shape: ["N", 2] } as const;
  const nodes = withLabel ? [node("Identity", "scores", "label"), zipmap] : [zipmap];
  const input = tensorInfo({ name: "scores", type: "float32", shape: ["N", 2] });
  return model(nodes, [input], withLabel ? [tensorInfo(label), maps] : [maps]);
}

/** A model whose answer has one row however many were sent. */
export function sumModel(): Uint8Array {
  const input = tensorInfo({ name: "x", type: "float32", shape: ["N", 1] });
  const output = tensorInfo({ name: "total", type: "float32", shape: [1, 1] });
  return model([node("ReduceSum", "x", "total")], [input], [output]);
}

type Bytes = readonly number[];

function model(nodes: readonly Bytes[], inputs: readonly Bytes[], outputs: readonly Bytes[]): Uint8Array {
  const graph = [
    ...nodes.flatMap((item) => bytes(1, item)),
    ...text(2, "test"),
    ...inputs.flatMap((item) => bytes(11, item)),
    ...outputs.flatMap((item) => bytes(12, item)),
  ];
  const opset = (domain: string, version: number): Bytes => bytes(8, [...text(1, domain), ...varint(2, version)]);
  return Uint8Array.from([...varint(1, 8), ...bytes(7, graph), ...opset("", 17), ...opset("ai.onnx.ml", 1)]);
}

function node(operator: string, input: string, output: string): Bytes {
  return [...text(1, input), ...text(2, output), ...text(4, operator)];
}

function tensorInfo({ name, type, shape }: TensorValue): Bytes {
  return [...text(1, name), ...bytes(2, tensorType(type, shape))];
}

function tensorType(type: TensorValue["type"], shape: TensorValue["shape"] | null): Bytes {
  const dimensions = shape?.flatMap((size) => bytes(1, typeof size === "number" ? varint(1, size) : text(2, size)));
  const shapeField = dimensions === undefined ? [] : bytes(2, dimensions);
  return bytes(1, [...varint(1, ELEMENT_TYPES[type]), ...shapeField]);
}

function text(field: number, value: string): Bytes {
  return bytes(field, [...Buffer.from(value)]);
}

function bytes(field: number, content: Bytes): Bytes {
  return [...base128(field * 8 + 2), ...base128(content.length), ...content];
}

function varint(field: number, value: number): Bytes {
  return [...base128(field * 8), ...base128(value)];
}

function base128(value: number): Bytes {
  return value < 128 ? [value] : [(value % 128) + 128, ...base128(Math.floor(value / 128))];
}
