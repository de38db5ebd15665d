import { batchRecords } from "./batch-records.ts";
import type { Exchange } from "./exchange.ts";
import { seeLogs } from "./job-failure.ts";
import { bufferPayload } from "./payload.ts";
import { readObject } from "./read-object.ts";
import { splitLines } from "./split-lines.ts";

export type ExchangePlan = {
  readonly splitBy: "None" | "Line";
  readonly strategy: "SingleRecord" | "MultiRecord";
  /** Most bytes of one request; 0 is no limit, and sends what is not split in pieces as it is read. */
  readonly payloadBytes: number;
  readonly isGzipped: boolean;
  readonly recordNewline: "keep" | "strip";
  readonly assembleWith: "None" | "Line";
};

const NEWLINE = Buffer.from("\n");

/** The requests of one object, in order, made as they are asked for. Throws a `JobFailure` where a record does not fit. */
export async function* planExchanges(path: string, plan: ExchangePlan): AsyncGenerator<Exchange> {
  const assemble = plan.assembleWith === "Line" ? (answer: Buffer) => Buffer.concat([answer, NEWLINE]) : asItIs;
  if (plan.payloadBytes === 0 && (plan.splitBy === "None" || plan.strategy === "MultiRecord")) {
    yield { payload: { open: () => readObject(path, plan.isGzipped) }, assemble };
    return;
  }
  if (plan.splitBy === "None") {
    yield { payload: bufferPayload(await readWhole(path, plan)), assemble };
    return;
  }
  let requests = 0;
  for await (const records of groupRecords(path, plan)) {
    requests += 1;
    yield { payload: bufferPayload(withoutNewline(Buffer.concat(records.map(({ body }) => body)), plan)), assemble };
  }
  // An object without a record still makes one request, of no bytes.
  if (requests === 0 && plan.strategy === "MultiRecord") yield { payload: bufferPayload(Buffer.alloc(0)), assemble };
}

async function* groupRecords(path: string, plan: ExchangePlan): AsyncGenerator<readonly { readonly body: Buffer }[]> {
  const records = linesOf(path, plan);
  if (plan.strategy === "MultiRecord") yield* batchRecords(records, plan.payloadBytes);
  else for await (const record of records) yield [record];
}

async function* linesOf(path: string, plan: ExchangePlan): AsyncGenerator<{ readonly body: Buffer }> {
  for await (const body of splitLines(readObject(path, plan.isGzipped), plan.payloadBytes)) yield { body };
}

async function readWhole(path: string, { isGzipped, payloadBytes }: ExchangePlan): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readObject(path, isGzipped) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > payloadBytes) {
      throw seeLogs("ClientError", [
        `The object is larger than MaxPayloadInMB (${payloadBytes} bytes) and is not split`,
      ]);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

function withoutNewline(body: Buffer, { recordNewline }: ExchangePlan): Buffer {
  return recordNewline === "strip" && body.at(-1) === NEWLINE[0] ? body.subarray(0, -1) : body;
}

function asItIs(answer: Buffer): Buffer {
  return answer;
}
