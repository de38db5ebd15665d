// A job in TypeScript: completed by the editor, checked by the compiler, run like any job file.
//
//   scoreframe run examples/library/define-job.ts --set day=2001-01-01
import { defineJob } from "scoreframe";

const features = ["delay", "distance"] as const;

export default defineJob({
  name: "late-flights",
  source: {
    kind: "sql",
    tables: { flights: "../../fixtures/flights-sample.csv" },
    sql: "select *, strftime(date, '%Y-%m-%d') as day from flights where date::date = '{{ day }}'",
  },
  model: { features },
  requests: { batch_size: 500 },
  backend: { kind: "local", model: "../models/late-flights.ts" },
  output: {
    path: "../../out/late_flights",
    partition_by: ["day"],
    predictions: { delayed: "boolean", probability: "double" },
  },
});
