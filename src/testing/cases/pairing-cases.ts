import type { ConformanceCase } from "../conformance-case.ts";
import { demand } from "../conformance-error.ts";
import { numberedRows } from "../conformance-rows.ts";
import type { Lines } from "../trial.ts";
import { demandIds } from "./demand-ids.ts";

/** `count` lines of `rowsInLine` rows each, numbered from `first`. */
function lines(count: number, rowsInLine: number, first = 0): Lines {
  return Array.from({ length: count }, (_, i) => numberedRows(rowsInLine, first + i * rowsInLine));
}

const SHARDS = [lines(7, 5), lines(3, 2, 100), lines(1, 1, 200), lines(20, 5, 300)];

export const pairingCases: readonly ConformanceCase[] = [
  {
    name: "answers every line of every shard with its own rows",
    script: {},
    async run(trial) {
      const answered = await trial.score(SHARDS);
      for (const [shard, asked] of SHARDS.entries()) demandIds(answered[shard], asked);
    },
  },
  {
    name: "keeps answers with their lines when the first one comes last",
    script: { slowRow: { id: 0, ms: 400 } },
    async run(trial) {
      const asked = lines(12, 5);
      const [answered] = await trial.score([asked]);
      demandIds(answered, asked);
    },
  },
  {
    name: "waits for slow answers",
    script: { delayMs: 1200 },
    async run(trial) {
      const asked = lines(2, 3);
      const [answered] = await trial.score([asked]);
      demandIds(answered, asked);
    },
  },
  {
    name: "answers nothing to no shards",
    script: {},
    async run(trial) {
      await trial.score([]);
      const files = await trial.responseFiles();
      demand(files.length === 0, "FILES_LEFT", `no shard was given, and there are ${files.join(", ")}`);
    },
  },
  {
    name: "answers a shard of one row",
    script: {},
    async run(trial) {
      const asked = lines(1, 1);
      const [answered] = await trial.score([asked]);
      demandIds(answered, asked);
    },
  },
  {
    name: "leaves one response file a shard and nothing else",
    script: {},
    async run(trial) {
      await trial.score(SHARDS);
      const files = await trial.responseFiles();
      demand(
        files.length === SHARDS.length,
        "FILES_LEFT",
        `${SHARDS.length} shards, but there are ${files.join(", ")}`,
      );
    },
  },
  {
    name: "answers 10,000 lines in order",
    script: {},
    once: true,
    async run(trial) {
      const asked = lines(10_000, 1);
      const [answered] = await trial.score([asked]);
      demandIds(answered, asked);
    },
  },
];
