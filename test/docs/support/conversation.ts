import { readFile, writeFile } from "node:fs/promises";
import type { BackendPlugin } from "../../../src/core/ports/scoring-backend.ts";
import { defineBackend } from "../../../src/core/ports/scoring-backend.ts";
import { PROTOCOL_IDS } from "../../../src/core/protocols/protocols.ts";

/** What a model was asked, and what it answers to whatever is asked: the texts of a request file and of its answer file. */
export type Conversation = { request: string; answer: string };

/** A backend that speaks every protocol and does not listen. */
export function conversationBackend(conversation: Conversation): BackendPlugin {
  const capabilities = {
    maxRequestBytes: 1_000_000,
    protocols: PROTOCOL_IDS,
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
    id: "conversation",
    capabilities,
    parseOptions: (input) => input,
    create: () => ({
      id: "conversation",
      capabilities,
      open: async () => ({
        async *score(shards) {
          for await (const { shard, requestPath, responsePath } of shards) {
            conversation.request = await readFile(requestPath, "utf8");
            await writeFile(responsePath, conversation.answer);
            yield { shard, retries: 0 };
          }
        },
        close: async () => undefined,
      }),
    }),
  });
}
