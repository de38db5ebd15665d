import { readFile, writeFile } from "node:fs/promises";

const capabilities = {
  maxRequestBytes: Number.POSITIVE_INFINITY,
  protocols: ["json_lines"],
  requestHeader: true,
  failureUnit: "line",
  isolatesFailedRows: false,
  shardOrder: "given",
  cancel: true,
  reattach: false,
  concurrency: { min: 1, default: 1, max: 1 },
  offline: true,
};

/** A backend in plain JavaScript that needs no server: the field x of each row, plus one. */
export const plusOne = {
  specificationVersion: "v1",
  id: "plus-one",
  capabilities,
  parseOptions: () => ({}),
  create: () => ({
    id: "plus-one",
    capabilities,
    open: async () => ({
      /** @param {AsyncIterable<{ shard: number, requestPath: string, responsePath: string }>} shards */
      async *score(shards) {
        for await (const { shard, requestPath, responsePath } of shards) {
          const lines = (await readFile(requestPath, "utf8")).trimEnd().split("\n");
          await writeFile(responsePath, lines.map((line) => `${JSON.parse(line).x + 1}\n`).join(""));
          yield { shard, responsePath, retries: 0 };
        }
      },
      close: async () => {},
    }),
  }),
};
