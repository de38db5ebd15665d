import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import type { Answer } from "../exchange/answer.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { RequestSlots } from "../exchange/request-slots.ts";

export type TransformObjectOptions = {
  readonly exchanges: AsyncGenerator<Exchange>;
  readonly slots: RequestSlots;
  /** The file of the output. */
  readonly outputPath: string;
  /** Asks the model. */
  readonly send: (exchange: Exchange, signal: AbortSignal) => Promise<Answer>;
};

/**
 * Sends the requests of one object, as many at once as there are slots, and writes the answers in the order of the requests. A slot is released when its
 * answer has been written, so that at most slots × (payload + answer) is held at once. Rejects with the first failure; then nothing else is sent.
 */
export async function transformObject(options: TransformObjectOptions, signal: AbortSignal): Promise<void> {
  const failure = new AbortController();
  const ended = AbortSignal.any([signal, failure.signal]);
  const output = await open(options.outputPath, "w");
  const fail = (thrown: unknown): void => failure.abort(thrown);
  let written: Promise<void> = Promise.resolve();
  try {
    while (!ended.aborted) {
      const release = await options.slots.acquire(ended);
      const next = await options.exchanges.next().catch((thrown: unknown) => {
        release();
        throw thrown;
      });
      if (next.done) {
        release();
        break;
      }
      const answer = options.send(next.value, ended).then(next.value.assemble);
      answer.catch(fail);
      written = append(output, written, answer, next.value.end).finally(release);
      written.catch(fail);
    }
    await written;
    ended.throwIfAborted();
  } catch (thrown) {
    fail(thrown);
    await written.catch(() => undefined);
    throw failure.signal.reason;
  } finally {
    await options.exchanges.return(undefined);
    await output.close();
  }
}

async function append(output: FileHandle, written: Promise<void>, answer: Promise<Answer>, end: Buffer): Promise<void> {
  await written;
  const piece = await answer;
  await piece.appendTo(output);
  await piece.discard();
  if (end.length > 0) await output.appendFile(end);
}
