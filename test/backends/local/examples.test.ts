import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { serveModel } from "../../../src/backends/local/index.ts";
import { loadModel } from "../../../src/backends/local/model/load-model.ts";
import type { ModelRow } from "../../../src/model.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

it.each([
  ["late-flights.ts", '{"delayed":true,"probability":0.6'],
  ["nearest-penguin.ts", '{"species":"Adelie"'],
])("the example %s scores its own example", async (model, prediction) => {
  const signal = new AbortController().signal;
  const options = { backend: { model: `examples/models/${model}` }, baseDirectory: root, signal, log: () => undefined };
  const result = await serveModel({ ...options, dryRun: true });
  expect(result).toMatchObject({ prediction: expect.stringContaining(prediction) });
});

it("the example of the penguins is as good as one would think", async () => {
  const { rows, predictions } = JSON.parse(await readFile(`${root}models/penguins-expected.json`, "utf8")) as {
    rows: ModelRow[];
    predictions: { label: string }[];
  };
  const model = await loadModel(`${root}examples/models/nearest-penguin.ts`, () => undefined);
  const nearest = (await model.predict(rows)) as { species: string }[];
  const agreeing = nearest.filter(({ species }, row) => species === predictions[row]?.label);
  expect(agreeing.length / rows.length).toBeGreaterThan(0.9);
});
