import { onTestFinished } from "vitest";
import type { ModelServer } from "../../../src/backends/local/server/model-server.ts";
import { startModelServer } from "../../../src/backends/local/server/model-server.ts";
import type { ServedModel } from "../../../src/backends/local/server/served-model.ts";
import type { ModelRow } from "../../../src/model.ts";

export type Reply = { readonly status: number; readonly text: string };

export type Served = {
  readonly server: ModelServer;
  /** Lines of the server's log. */
  readonly log: string[];
  post(body: string | Uint8Array<ArrayBuffer>, headers?: Readonly<Record<string, string>>): Promise<Reply>;
};

/** A model server on a free port until the test ends; without a model it is still loading. */
export async function served(model?: ServedModel, bodyLimit = 1_000_000): Promise<Served> {
  const log: string[] = [];
  const server = await startModelServer({ host: "127.0.0.1", port: 0, bodyLimit, log: (line) => log.push(line) });
  onTestFinished(() => server.close());
  if (model !== undefined) server.serve(model);
  return {
    server,
    log,
    async post(body, headers = {}) {
      const response = await fetch(`${server.url}/invocations`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
      return { status: response.status, text: await response.text() };
    },
  };
}

/** A model that answers what the function says, row lists as they come. */
export function modelOf(predict: (rows: readonly ModelRow[]) => unknown): ServedModel {
  return {
    description: "test model",
    warnings: [],
    example: null,
    rowOf: null,
    predict: async (rows) => predict(rows) as unknown[],
  };
}

/** Answers each row's column `a`. */
export const echoA: ServedModel = modelOf((rows) => rows.map((row) => row["a"] ?? null));
