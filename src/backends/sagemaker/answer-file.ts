import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { storageError } from "../../core/errors/storage-error.ts";
import type { RequestShard } from "../../core/ports/scoring-backend.ts";

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * Makes an `.out` of SageMaker the answer to its request file: a line for a line. A container that ends its answer with a line break gets a
 * second one by AssembleWith, so that empty lines say nothing. Throws `LINE_COUNT_MISMATCH` where the others are too few or too many.
 */
export async function checkAnswerFile({ shard, responsePath, lines }: RequestShard, address: string): Promise<void> {
  const aside = `${responsePath}.${process.pid}.lines`;
  const whole = createLineFilter();
  try {
    await pipeline(createReadStream(responsePath), whole.filter, createWriteStream(aside));
    if (whole.lines() !== lines) throw wrongCount(shard, address, lines, whole.lines());
    await rename(aside, responsePath);
  } catch (thrown) {
    await rm(aside, { force: true });
    throw ScoreframeError.is(thrown) ? thrown : storageError(responsePath, "read", thrown, { shard });
  }
}

/**
 * Passes on lines that are not empty, each ended by a line feed, and counts them. By bytes: Node's readline ends lines at U+2028, too, which may
 * stand in JSON.
 */
function createLineFilter() {
  let lines = 0;
  let inLine = false;
  async function* filter(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      for (let start = 0; start < chunk.length; ) {
        const end = chunk.indexOf(LINE_FEED, start);
        const text = chunk.subarray(start, end === -1 ? chunk.length : end);
        const empty = !inLine && (text.length === 0 || (text.length === 1 && text[0] === CARRIAGE_RETURN));
        start += text.length + 1;
        if (empty && end !== -1) continue;
        if (!inLine) lines += 1;
        inLine = end === -1;
        yield inLine ? text : chunk.subarray(text.byteOffset - chunk.byteOffset, start);
      }
    }
    if (inLine) yield Buffer.from("\n");
  }
  return { filter, lines: () => lines };
}

function wrongCount(shard: number, address: string, expected: number, found: number): ScoreframeError {
  const mend =
    found === 1 && expected > 1
      ? "The container seems to answer without line breaks or in one piece"
      : "The container must answer each request line with exactly one line";
  return new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `Shard ${shard} has ${expected} request lines, and ${address} has ${found} ${found === 1 ? "answer" : "answers"}. ${mend}; pretty-printed JSON has too many lines.`,
    { shard, backend: "sagemaker", operation: "score", details: { expected, found } },
  );
}
