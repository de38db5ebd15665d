// Scores rows as they arrive, here from a file that is read line by line. They are never all in memory.
import { open } from "node:fs/promises";
import { join } from "node:path";
import { createScoreframe } from "scoreframe";

type Flight = { readonly flight: number; readonly delay: number; readonly distance: number };

async function* readFlights(path: string): AsyncGenerator<Flight> {
  const file = await open(path);
  let isHeader = true;
  for await (const line of file.readLines()) {
    const [id, , delay, distance] = line.split(",");
    if (!isHeader) yield { flight: Number(id), delay: Number(delay), distance: Number(distance) };
    isHeader = false;
  }
}

const engine = await createScoreframe({ workspace: "out/runs" });
try {
  const run = await engine.run(
    {
      name: "late-flights",
      source: { kind: "rows" },
      model: { features: ["delay", "distance"] },
      requests: { batch_size: 500 },
      backend: { kind: "local", model: join(import.meta.dirname, "../models/late-flights.ts") },
      output: { path: "out/late_flights" },
    },
    { rows: readFlights(join(import.meta.dirname, "../../fixtures/flights-sample.csv")) },
  );
  console.log(run.ledger.scored); // 2000
} finally {
  await engine.close();
}
