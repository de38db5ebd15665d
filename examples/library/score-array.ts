// Scores objects with a model in TypeScript, and publishes a table.
import { join } from "node:path";
import { createScoreframe } from "scoreframe";

const flights = [
  { flight: "UA 12", delay: 22, distance: 944 },
  { flight: "DL 7", delay: -3, distance: 377 },
  { flight: "AA 301", delay: 61, distance: 2475 },
];

const engine = await createScoreframe({ workspace: "out/runs" });
try {
  const run = await engine.run(
    {
      name: "late-flights",
      source: { kind: "rows" },
      model: { features: ["delay", "distance"] }, // the model never sees `flight`; it comes back in the table
      backend: { kind: "local", model: join(import.meta.dirname, "../models/late-flights.ts") },
      output: { path: "out/late_flights", predictions: { delayed: "boolean", probability: "double" } },
    },
    { rows: flights },
  );
  console.log(run.status, run.ledger); // succeeded { input: 3, scored: 3, deadLettered: 0, skipped: 0 }
} finally {
  await engine.close();
}
