// Scores a few rows and gets them back as a Polars frame: no table, no files that stay.
import { join } from "node:path";
import { createScoreframe } from "scoreframe";

const flights = [
  { flight: "UA 12", delay: 22, distance: 944 },
  { flight: "DL 7", delay: -3, distance: 377 },
  { flight: "AA 301", delay: 61, distance: 2475 },
];

const engine = await createScoreframe();
try {
  const model = { kind: "local", model: join(import.meta.dirname, "../models/late-flights.ts") };
  const frame = await engine.score(flights, model, { features: ["delay", "distance"] });
  const late = frame.toRecords().filter(({ delayed }) => delayed);
  console.log(late.map(({ flight }) => flight)); // [ 'UA 12', 'AA 301' ]
} finally {
  await engine.close();
}
