import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadModel } from "../../../src/backends/local/model/load-model.ts";
import { modelsFolder } from "./job.ts";
import { echoA, served } from "./served.ts";

const flights = new URL("../../../models/flights.onnx", import.meta.url).pathname;
const json = (value: unknown): string => JSON.stringify(value);

describe("rows that are lists of values, as TensorFlow Serving, KServe and Vertex AI take them", () => {
  it("have the columns of the example of a TypeScript model, in its order", async () => {
    const server = await served(await loadModel(join(modelsFolder, "example-model.ts"), () => undefined));
    const named = await server.post(
      json({
        instances: [
          { a: 1, b: 2 },
          { a: 3, b: "x" },
        ],
      }),
    );
    const listed = await server.post(
      json({
        instances: [
          [1, 2],
          [3, "x"],
        ],
      }),
    );
    expect(listed).toEqual(named);
    expect(
      await server.post(
        json([
          [1, 2],
          [3, "x"],
        ]),
      ),
    ).toEqual(named);
    expect(named.text).toBe('{"predictions":["1 2","3 x"]}');
  });

  it("are the inputs of an ONNX model, in their order", async () => {
    const server = await served(await loadModel(flights, () => undefined));
    const named = await server.post(
      json({ instances: [{ origin: "LAX", destination: "SFO", distance: 337, hour: 8, weekday: 2 }] }),
    );
    expect(named.status).toBe(200);
    expect(await server.post(json({ instances: [["LAX", "SFO", 337, 8, 2]] }))).toEqual(named);
  });

  it("are rejected if they have another number of values, with both counts", async () => {
    const server = await served(await loadModel(join(modelsFolder, "example-model.ts"), () => undefined));
    const { status, text } = await server.post(json({ instances: [[1, 2], [3]] }));
    expect(status).toBe(400);
    expect(text).toContain("A row has 1 values, and the model takes 2: a, b.");
  });

  it("are rejected by a model that does not say its columns, with what to do", async () => {
    const { status, text } = await (await served(echoA)).post(json({ instances: [[1, 2]] }));
    expect(status).toBe(400);
    expect(text).toContain("instances[0] is a list, and the model does not say which columns its values are");
  });
});
