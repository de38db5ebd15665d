import type { RequestShard, ScoringSession } from "../../ports/scoring-backend.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowKeys } from "../../responses/pairing/pair-line.ts";
import { validateResponseFile } from "../../responses/read/response-file.ts";
import { scoreShards } from "../../stages/score/score.ts";
import type { Scope } from "../scope.ts";
import type { ReadPrediction } from "./read-predictions.ts";
import { readPredictions } from "./read-predictions.ts";

/** Requests in a separate file, which is not a part of the table. */
export type RequestFile = Pick<RequestShard, "requestPath" | "bytes" | "digest"> & {
  /** Rows of each line. */
  readonly lineRows: readonly number[];
  /** Of all rows, if predictions are paired by them. */
  readonly keys: RowKeys;
};

/** Sends requests of up to `batchSize` rows to the model, and resolves to what each row is answered, in their order. */
export type ScoreAgain = (files: readonly RequestFile[], batchSize: number) => Promise<readonly ReadPrediction[]>;

export type ScoreAgainTools = {
  readonly session: ScoringSession;
  readonly protocol: Protocol;
  readonly features: readonly string[];
  /** Names of predictions that the job asks for. */
  readonly published: readonly string[];
  /** Numbers from here on are those of no other shard. */
  readonly firstShard: number;
  readonly scope: Pick<Scope, "iterate" | "signal">;
};

export function createScoreAgain({
  session,
  protocol,
  features,
  published,
  firstShard,
  scope: { iterate, signal },
}: ScoreAgainTools): ScoreAgain {
  const header = protocol.header(features);
  let next = firstShard;
  return async (files, batchSize) => {
    const shards = new Map(files.map((file) => [next++, file]));
    const answers = new Map<number, readonly ReadPrediction[]>();
    async function* requests(): AsyncGenerator<RequestShard> {
      for (const [shard, { lineRows, keys: _, ...file }] of shards) {
        const rows = lineRows.reduce((sum, count) => sum + count, 0);
        yield { ...file, shard, responsePath: responseOf(file), header, lines: lineRows.length, rows, batchSize };
      }
    }
    for await (const { shard, written } of iterate(scoreShards(session, requests(), signal))) {
      const file = shards.get(shard) as RequestFile;
      const responsePath = responseOf(file);
      validateResponseFile({ shard, responsePath, ...(written === undefined ? {} : { written }) });
      answers.set(shard, await readPredictions({ ...file, responsePath, protocol, published }));
    }
    return [...shards.keys()].flatMap((shard) => answers.get(shard) ?? []);
  };
}

function responseOf({ requestPath }: Pick<RequestFile, "requestPath">): string {
  return `${requestPath}.out`;
}
