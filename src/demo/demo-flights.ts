import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The table and the model of a demo. Paths are absolute. */
export type DemoFlights = {
  /** `full`: all flights in a checkout. `sample`: the few in the package. */
  readonly kind: "full" | "sample";
  readonly table: string;
  readonly model: string;
  /** A note about the quality of the model. */
  readonly modelNote: string;
  /** SQL that numbers the rows: the full table has no key. */
  readonly idExpression: string;
};

/** The sources and the build have the same depth of folders. */
const packageRoot = new URL("../../", import.meta.url);

/** The full table if it is installed. It is a dev dependency, so only a checkout has it. */
export function findFlights(): DemoFlights {
  const table = pathOf("node_modules/vega-datasets/data/flights-3m.parquet");
  return existsSync(table) ? fullFlights(table) : SAMPLE;
}

function fullFlights(table: string): DemoFlights {
  return {
    kind: "full",
    table,
    model: pathOf("models/flights.onnx"),
    modelNote: "The model knows January to May: it was trained on them. Only June is new to it (models/README.md).",
    idExpression: "row_number() over () - 1",
  };
}

const SAMPLE: DemoFlights = {
  kind: "sample",
  table: pathOf("fixtures/flights-sample.csv"),
  model: pathOf("models/flights-logistic.js"),
  modelNote:
    "The model is a small logistic regression that was fitted on these very flights (AUC 0.64; 0.62 on all 3,000,000).",
  idExpression: "id",
};

function pathOf(path: string): string {
  return fileURLToPath(new URL(path, packageRoot));
}
