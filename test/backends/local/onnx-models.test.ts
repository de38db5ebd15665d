import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadOnnxModel } from "../../../src/backends/local/model/onnx/load-onnx-model.ts";
import { loadOnnxRuntime } from "../../../src/backends/local/model/onnx/onnx-runtime.ts";
import type { ServedModel } from "../../../src/backends/local/server/served-model.ts";
import type { ModelRow } from "../../../src/model.ts";
import type { TensorValue } from "./onnx-file.ts";
import { identityModel, sumModel, zipmapModel } from "./onnx-file.ts";

type Expected = {
  readonly rows: readonly ModelRow[];
  readonly predictions: readonly { readonly label: unknown; readonly probabilities: readonly number[] }[];
};

/** Only this package can be imported. */
const only = (installed: string) => (name: string) => {
  if (name !== installed) return Promise.reject(new Error(`Cannot find package '${name}'`));
  return import(name);
};

const models = fileURLToPath(new URL("../../../models/", import.meta.url));

describe.each(["onnxruntime-node", "onnxruntime-web"])("with %s", (name) => {
  it.each(["flights", "penguins"])("answers as scikit-learn does: %s", async (model) => {
    const expected = JSON.parse(await readFile(join(models, `${model}-expected.json`), "utf8")) as Expected;
    const served = await loadOnnxModel(join(models, `${model}.onnx`), await loadOnnxRuntime(only(name)));
    const predictions = (await served.predict(expected.rows)) as Expected["predictions"];
    expect(predictions.map(({ label }) => label)).toEqual(expected.predictions.map(({ label }) => label));
    for (const [row, { probabilities }] of predictions.entries()) {
      const differences = probabilities.map((p, i) =>
        Math.abs(p - (expected.predictions[row]?.probabilities[i] ?? Number.NaN)),
      );
      expect(Math.max(...differences)).toBeLessThan(1e-4);
    }
  });

  it("keeps int64 exact and gives a row of its own to what does not fit", async () => {
    const model = await modelWith([{ name: "x", type: "int64", shape: ["N", 1] }], name);
    expect(await model.predict([1, null, 1.5, 9007199254740993n, 2n ** 63n].map((x) => ({ x })))).toEqual([
      { x_out: 1 },
      { error: "The column x is null, where an integer is needed." },
      { error: "The column x is 1.5, where an integer is needed." },
      { x_out: 9007199254740993n },
      { error: "The column x is 9223372036854775808, which is out of range." },
    ]);
  });
});

it("uses onnxruntime-web where onnxruntime-node is not installed", async () => {
  expect((await loadOnnxRuntime(only("onnxruntime-web"))).name).toBe("onnxruntime-web");
});

it("names both packages and the way round the download where neither is installed", async () => {
  await expect(loadOnnxRuntime(only("nothing"))).rejects.toMatchObject({
    code: "DEPENDENCY_MISSING",
    message: expect.stringMatching(/onnxruntime-node.*onnxruntime-web.*ONNXRUNTIME_NODE_INSTALL=skip/s),
  });
});

describe("a tensor a column", () => {
  it("reads null as NaN and not as 0", async () => {
    const model = await modelWith([{ name: "x", type: "float32", shape: ["N", 1] }]);
    expect(await model.predict([{ x: 0 }, { x: null }])).toEqual([{ x_out: 0 }, { x_out: Number.NaN }]);
  });

  it("takes text for text only", async () => {
    const model = await modelWith([{ name: "x", type: "string", shape: ["N", 1] }]);
    expect(await model.predict([{ x: "é" }, { x: 5 }, { x: null }])).toEqual([
      { x_out: "é" },
      { error: "The column x is 5, where text is needed." },
      { error: "The column x is null, where text is needed." },
    ]);
  });

  it("wraps no small integer", async () => {
    const model = await modelWith([{ name: "x", type: "uint8", shape: ["N"] }]);
    expect(await model.predict([{ x: 255 }, { x: 256 }, { x: -1 }])).toEqual([
      { x_out: 255 },
      { error: "The column x is 256, which is out of range." },
      { error: "The column x is -1, which is out of range." },
    ]);
  });

  it("answers booleans as booleans", async () => {
    const model = await modelWith([{ name: "x", type: "bool", shape: ["N", 1] }]);
    expect(await model.predict([{ x: true }, { x: false }])).toEqual([{ x_out: true }, { x_out: false }]);
  });

  it("ignores columns that it does not know, and rejects rows without one that it needs", async () => {
    const model = await modelWith([
      { name: "a", type: "float32", shape: ["N", 1] },
      { name: "b", type: "string", shape: ["N", 1] },
    ]);
    expect(await model.predict([{ z: 0, b: "x", a: 1 }])).toEqual([{ a_out: 1, b_out: "x" }]);
    await expect(model.predict([{ a: 1, c: 2 }])).rejects.toMatchObject({
      status: 400,
      message: "The rows have no column b. The model's inputs are: a float32, b string. The columns sent are: a, c.",
    });
  });

  it("fails the one row without a column that the others have", async () => {
    const model = await modelWith([{ name: "x", type: "float32", shape: ["N", 1] }]);
    expect(await model.predict([{ x: 1 }, { y: 2 }])).toEqual([{ x_out: 1 }, { error: "The column x is missing." }]);
  });
});

describe("one tensor for all columns", () => {
  const matrix = [{ name: "x", type: "float32", shape: ["N", 3] }] as const;

  it("takes the columns in the order of the first row", async () => {
    const model = await modelWith(matrix);
    expect(
      await model.predict([
        { c: 3, a: 1, b: 2 },
        { a: 4, b: 5, c: 6 },
      ]),
    ).toEqual([{ x_out: [3, 1, 2] }, { x_out: [6, 4, 5] }]);
  });

  it("rejects columns whose order JavaScript has changed", async () => {
    const model = await modelWith(matrix);
    expect(await model.predict([{ 0: 1, 1: 2, 2: 3 }])).toEqual([{ x_out: [1, 2, 3] }]);
    await expect(model.predict([{ b: 1, 10: 2, 2: 3 }])).rejects.toThrow(
      "named like numbers (2, 10) and others are not",
    );
  });

  it("takes a list in a column of its name, too", async () => {
    const model = await modelWith(matrix);
    expect(await model.predict([{ x: [1, 2, 3] }, { x: [1, 2] }])).toEqual([
      { x_out: [1, 2, 3] },
      { error: "The column x has 2 values, and the model takes 3 of them." },
    ]);
  });

  it("rejects another number of columns", async () => {
    const model = await modelWith(matrix);
    await expect(model.predict([{ a: 1, b: 2 }])).rejects.toThrow(
      "takes 3 columns by position, and the rows have 2: a, b.",
    );
  });

  it("fails a row without one of them rather than reading it as NaN", async () => {
    const model = await modelWith(matrix);
    expect(
      await model.predict([
        { a: 1, b: 2, c: 3 },
        { a: 1, b: 2 },
      ]),
    ).toEqual([{ x_out: [1, 2, 3] }, { error: "The column c is missing." }]);
  });

  it("nests lists where a row has more dimensions", async () => {
    const model = await modelWith([{ name: "x", type: "float64", shape: ["N", "height", 2] }]);
    expect(
      await model.predict([
        {
          x: [
            [1, 2],
            [3, 4],
          ],
        },
      ]),
    ).toEqual([
      {
        x_out: [
          [1, 2],
          [3, 4],
        ],
      },
    ]);
  });

  it("scores row by row where the model was exported for one row", async () => {
    const model = await modelWith([{ name: "x", type: "float32", shape: [1, 2] }]);
    expect(
      await model.predict([
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ]),
    ).toEqual([{ x_out: [1, 2] }, { x_out: [3, 4] }]);
  });
});

it("takes a row that is a list for what its only input holds", async () => {
  const model = await modelWith([{ name: "m", type: "float32", shape: ["N", 3] }]);
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
  ].map((values) => model.rowOf?.(values) ?? {});
  expect(await model.predict(rows)).toEqual(rows.map(({ m }) => ({ m_out: m })));
});

describe("a model that cannot be served", () => {
  it("is rejected if its only output is a map, with the fix", async () => {
    await expect(load(zipmapModel(false))).rejects.toMatchObject({
      code: "MODEL_LOAD_FAILED",
      message: expect.stringContaining("Convert the model with zipmap=False"),
    });
  });

  it("answers its tensors and warns where another output is a map", async () => {
    const model = await load(zipmapModel(true));
    expect(await model.predict([{ a: 0.5, b: 0.25 }])).toEqual([{ label: [0.5, 0.25] }]);
    expect(model.warnings).toEqual([expect.stringContaining("output_probability cannot be read")]);
  });

  it("is rejected if it takes a fixed number of rows", async () => {
    const fixed = identityModel([{ name: "x", type: "float32", shape: [4, 2] }]);
    await expect(load(fixed)).rejects.toThrow("takes exactly 4 rows; export the model with a dynamic first dimension");
  });

  it("is rejected if the file is not a model", async () => {
    await expect(load(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: "MODEL_LOAD_FAILED" });
  });

  it("fails where an output does not have a row for each row", async () => {
    const model = await load(sumModel());
    await expect(model.predict([{ x: 1 }, { x: 2 }])).rejects.toThrow("total has the shape [1, 1] for 2 rows");
  });
});

it("lets others have the thread while it scores many rows", async () => {
  const model = await modelWith([{ name: "x", type: "float32", shape: ["N", 1] }]);
  let turns = 0;
  const ticker = setInterval(() => {
    turns += 1;
  }, 0);
  const predictions = await model.predict(Array.from({ length: 50_000 }, (_, x) => ({ x })));
  clearInterval(ticker);
  expect(predictions.length).toBe(50_000);
  expect(predictions[49_999]).toEqual({ x_out: 49_999 });
  expect(turns).toBeGreaterThan(2);
});

it("knows an example that it can score", async () => {
  const model = await loadOnnxModel(join(models, "flights.onnx"));
  expect(await model.predict([model.example ?? {}])).toEqual([
    { label: expect.any(Number), probabilities: expect.any(Array) },
  ]);
});

async function modelWith(inputs: readonly TensorValue[], runtime = "onnxruntime-node"): Promise<ServedModel> {
  return load(identityModel(inputs), runtime);
}

async function load(file: Uint8Array, runtime = "onnxruntime-node"): Promise<ServedModel> {
  const folder = await mkdtemp(join(tmpdir(), "onnx-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "model.onnx"), file);
  return loadOnnxModel(join(folder, "model.onnx"), await loadOnnxRuntime(only(runtime)));
}
