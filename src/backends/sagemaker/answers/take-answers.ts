import { writeFile } from "node:fs/promises";
import type { ShardResponse } from "../../../core/domain/shard-response.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import type { RowCause } from "../../../core/protocols/responses/error-object.ts";
import { errorObjectText } from "../../../core/protocols/responses/error-object.ts";
import { mapAhead } from "../../../core/util/map-ahead.ts";
import type { SagemakerOptions } from "../sagemaker-options.ts";
import type { SessionTools } from "../session-state.ts";
import { pairAnswerFile } from "./answer-file.ts";

/** Answers that are fetched while others are stitched. */
const FETCHES_AT_A_TIME = 4;

/** Fetches the answers to these files and pairs them, line by line. A file whose answers cannot be paired counts as failed. */
export function takeAnswers(
  shards: readonly RequestShard[],
  { options, remote, context }: Pick<SessionTools, "options" | "remote" | "context">,
  signal: AbortSignal,
): AsyncGenerator<ShardResponse> {
  const rules = { protocol: context.protocol, batchStrategy: options.batchStrategy };
  return mapAhead(shards, FETCHES_AT_A_TIME, async (shard) => {
    await remote.fetch(shard.responsePath, signal);
    const cause = await pairAnswerFile(shard, remote.locate(shard.responsePath), rules);
    return cause === null ? { ...answered(shard), joined: isJoined(options) } : failFile(shard, cause);
  });
}

/** Writes the same cause on each line of a file that has no usable answers. */
export async function failFile(shard: RequestShard, cause: RowCause): Promise<ShardResponse> {
  await writeFile(shard.responsePath, `${errorObjectText(cause)}\n`.repeat(shard.lines));
  return answered(shard);
}

function answered({ shard }: RequestShard): ShardResponse {
  return { shard, retries: 0 };
}

/** Whether SageMaker joins each request to its response. A filter selects what the response is. */
function isJoined({ joinSource, outputFilter }: SagemakerOptions): boolean {
  return joinSource === "Input" && outputFilter === "$";
}
