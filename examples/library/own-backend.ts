// A backend of your own: a plain object, passed to the engine, chosen by `backend.kind`. This one answers without any server.
import { readFile, writeFile } from "node:fs/promises";
import type { BackendCapabilities, ScoringBackend } from "scoreframe";
import { createScoreframe, defineBackend, ScoreframeError } from "scoreframe";

/** What the engine may rely on; the planner, the conformance suite and the support matrix read it. */
const capabilities: BackendCapabilities = {
  maxRequestBytes: 1_000_000,
  protocols: ["instances"],
  requestHeader: true,
  failureUnit: "shard",
  isolatesFailedRows: false,
  shardOrder: "given",
  cancel: true,
  reattach: false,
  concurrency: { min: 1, default: 1, max: 1 },
  offline: true,
};

const thresholdBackend = defineBackend<{ readonly minutes: number }>({
  specificationVersion: "v1",
  id: "threshold",
  capabilities,
  parseOptions({ minutes }) {
    if (typeof minutes === "number") return { minutes };
    throw new ScoreframeError("BACKEND_OPTIONS_INVALID", "backend.minutes must be a number.", { backend: "threshold" });
  },
  create: ({ minutes }) => createThreshold(minutes),
});

function createThreshold(minutes: number): ScoringBackend {
  return {
    id: "threshold",
    capabilities,
    open: async () => ({
      // Shards are files with one request per line, and are answered by files with as many lines.
      async *score(shards, signal) {
        for await (const { shard, requestPath, responsePath } of shards) {
          signal.throwIfAborted();
          const requests = (await readFile(requestPath, "utf8")).trimEnd().split("\n");
          await writeFile(responsePath, requests.map((request) => `${answer(request, minutes)}\n`).join(""));
          yield { shard, retries: 0 };
        }
      },
      close: async () => undefined,
    }),
  };
}

function answer(request: string, minutes: number): string {
  const { instances } = JSON.parse(request) as { readonly instances: readonly { readonly delay: number }[] };
  return JSON.stringify({ predictions: instances.map(({ delay }) => ({ delayed: delay >= minutes })) });
}

const engine = await createScoreframe({ workspace: "out/runs", backends: [thresholdBackend] });
try {
  const run = await engine.run(
    {
      name: "late-flights",
      source: { kind: "rows" },
      model: { features: ["delay"] },
      backend: { kind: "threshold", minutes: 15 },
      output: { path: "out/late_flights" },
    },
    {
      rows: [
        { flight: "UA 12", delay: 22 },
        { flight: "DL 7", delay: -3 },
      ],
    },
  );
  console.log(run.report.backend, run.ledger.scored); // threshold 2
} finally {
  await engine.close();
}
