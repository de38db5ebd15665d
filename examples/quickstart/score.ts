import { createScoreframe } from "scoreframe";

const engine = await createScoreframe({ workspace: "out/runs" });
try {
  const run = await engine.run("job.yaml", { set: { ds: "2024-05-01" } });
  console.log(run.ledger); // { input: 8, scored: 8, deadLettered: 0, skipped: 0 }
} finally {
  await engine.close();
}
