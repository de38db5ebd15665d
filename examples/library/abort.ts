// Stops a run. Nothing of it is published: readers of the table see what was there before.
import { join } from "node:path";
import { createScoreframe, ScoreframeError } from "scoreframe";

const stop = new AbortController();
const engine = await createScoreframe({ workspace: "out/runs" });
try {
  await engine.run(
    {
      name: "late-flights",
      source: { kind: "sql", sql: "select n as flight, n % 90 as delay, 1000 as distance from range(1000000) t(n)" },
      model: { features: ["delay", "distance"] },
      requests: { batch_size: 500 },
      backend: { kind: "local", model: join(import.meta.dirname, "../models/late-flights.ts") },
      output: { path: "out/late_flights" },
    },
    {
      signal: stop.signal, // AbortSignal.timeout(60_000) is a deadline
      onProgress({ scoredRows }) {
        if (scoredRows > 0) stop.abort();
      },
    },
  );
} catch (error) {
  if (!ScoreframeError.is(error) || error.code !== "RUN_CANCELLED") throw error;
  console.log(error.code); // RUN_CANCELLED
} finally {
  await engine.close();
}
