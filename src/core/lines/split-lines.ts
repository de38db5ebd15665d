import type { LineCutter, LineLimit } from "./line-cutter.ts";
import { createLineCutter } from "./line-cutter.ts";

/** The lines of a stream, each with the line feed that ended it; see `createLineCutter`. Lines before one that is too long are yielded first. */
export async function* splitLines(chunks: AsyncIterable<Buffer>, limit?: LineLimit): AsyncGenerator<Buffer> {
  const cutter = createLineCutter(limit);
  for await (const chunk of chunks) yield* cut((use) => cutter.push(chunk, use));
  yield* cut(cutter.end);
}

function* cut(run: LineCutter["end"]): Generator<Buffer> {
  const lines: Buffer[] = [];
  let failure: { readonly thrown: unknown } | null = null;
  try {
    run((line) => void lines.push(line));
  } catch (thrown) {
    failure = { thrown };
  }
  yield* lines;
  if (failure !== null) throw failure.thrown;
}
