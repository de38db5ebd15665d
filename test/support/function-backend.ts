import { readFile, writeFile } from "node:fs/promises";
import type { ShardResponse } from "../../src/core/domain/shard-response.ts";
import type { BackendPlugin } from "../../src/core/ports/scoring-backend.ts";
import { defineBackend } from "../../src/core/ports/scoring-backend.ts";

/** Answers a request line, given as parsed JSON; returns the text of the answer line. */
export type AnswerLine = (
  request: { instances: Record<string, never>[] },
  line: number,
  shard: number,
) => string | Promise<string>;

/** A backend in this process that answers by a function: the smallest honest member of the family. */
export function functionBackend(
  id: string,
  answer: AnswerLine,
  maxRequestBytes = 1_000_000,
  said: Pick<ShardResponse, "joined"> = {},
): BackendPlugin {
  const capabilities = {
    maxRequestBytes,
    protocols: ["instances"],
    requestHeader: true,
    failureUnit: "shard",
    isolatesFailedRows: false,
    shardOrder: "given",
    cancel: true,
    reattach: false,
    concurrency: { min: 1, default: 1, max: 1 },
    offline: true,
  } as const;
  return defineBackend({
    specificationVersion: "v1",
    id,
    capabilities,
    parseOptions: (input) => input,
    create: () => ({
      id,
      capabilities,
      open: async () => ({
        async *score(shards, signal) {
          for await (const { shard, requestPath, responsePath } of shards) {
            signal.throwIfAborted();
            const lines = (await readFile(requestPath, "utf8")).trimEnd().split("\n");
            const answers: string[] = [];
            for (const [line, text] of lines.entries()) answers.push(await answer(JSON.parse(text), line, shard));
            await writeFile(responsePath, answers.map((text) => `${text}\n`).join(""));
            yield { shard, retries: 0, ...said };
          }
        },
        close: async () => undefined,
      }),
    }),
  });
}
