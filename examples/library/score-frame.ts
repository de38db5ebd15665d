// Scores a Polars frame. Its types stay: an Int64 is as exact in the table as it is in the frame.
import { join } from "node:path";
import pl from "nodejs-polars";
import { createScoreframe } from "scoreframe";

const flights = pl
  .DataFrame({
    flight: ["UA 12", "DL 7", "AA 301"],
    day: ["2001-01-01", "2001-01-02", "2001-01-02"],
    delay: [22, -3, 61],
    distance: [944, 377, 2475],
  })
  .withColumns(pl.col("distance").cast(pl.Int64));

const engine = await createScoreframe({ workspace: "out/runs" });
try {
  const run = await engine.run(
    {
      name: "late-flights",
      source: { kind: "rows" },
      model: { features: ["delay", "distance"] },
      backend: { kind: "local", model: join(import.meta.dirname, "../models/late-flights.ts") },
      output: { path: "out/late_flights", partition_by: ["day"] },
    },
    { rows: flights },
  );
  console.log(run.output.partitions); // [ 'day=2001-01-01', 'day=2001-01-02' ]
} finally {
  await engine.close();
}
