import type { LineLimit } from "../../../../core/lines/line-cutter.ts";
import { splitLines } from "../../../../core/lines/split-lines.ts";
import type { ProcessedRecord, RecordProcessor } from "../../data-processing/data-processing.ts";
import { readObject } from "../input/read-object.ts";
import { seeLogs } from "../job-failure.ts";
import { heldAnswer } from "./answer.ts";
import { batchRecords } from "./batch-records.ts";
import type { Exchange } from "./exchange.ts";
import { bufferPayload } from "./payload.ts";

export type ExchangePlan = {
  readonly splitBy: "None" | "Line";
  readonly strategy: "SingleRecord" | "MultiRecord";
  /** Most bytes of one request; 0 is no limit, and an object that is not split is then sent in pieces as it is read. */
  readonly payloadBytes: number;
  readonly isGzipped: boolean;
  readonly recordNewline: "keep" | "strip";
  readonly assembleWith: "None" | "Line";
  /** Filters and joins; null if records go through as they are. */
  readonly processor: RecordProcessor | null;
};

const NEWLINE = Buffer.from("\n");

/** The requests of one object, in order, made on demand. Throws a `JobFailure` if a record does not fit. */
export async function* planExchanges(path: string, plan: ExchangePlan): AsyncGenerator<Exchange> {
  // Records that are filtered or joined must be read first.
  if (
    plan.processor === null &&
    plan.payloadBytes === 0 &&
    (plan.splitBy === "None" || plan.strategy === "MultiRecord")
  ) {
    yield { payload: { open: () => readObject(path, plan.isGzipped) }, ...assembler(plan, []) };
    return;
  }
  let requests = 0;
  for await (const records of groupRecords(path, plan)) {
    requests += 1;
    const body = Buffer.concat(records.map((record) => record.body));
    yield { payload: bufferPayload(withoutNewline(body, plan)), ...assembler(plan, records) };
  }
  // An object without a record still makes one request, of no bytes.
  if (requests === 0 && plan.strategy === "MultiRecord" && plan.processor === null) {
    yield { payload: bufferPayload(Buffer.alloc(0)), ...assembler(plan, []) };
  }
}

/** What is written for one answer: one piece of the output, or a piece for each record if records are processed. */
function assembler(
  { assembleWith, processor }: ExchangePlan,
  records: readonly ProcessedRecord[],
): Pick<Exchange, "assemble" | "end"> {
  const end = assembleWith === "Line" ? NEWLINE : Buffer.alloc(0);
  if (processor === null) return { assemble: async (answer) => answer, end };
  return {
    async assemble(answer) {
      const pieces = processor.finish(records, await answer.bytes()).map((record) => `${record}${end}`);
      await answer.discard();
      return heldAnswer(Buffer.from(pieces.join("")));
    },
    end: Buffer.alloc(0),
  };
}

async function* groupRecords(path: string, plan: ExchangePlan): AsyncGenerator<readonly ProcessedRecord[]> {
  const records = recordsOf(path, plan);
  if (plan.splitBy === "Line" && plan.strategy === "MultiRecord") yield* batchRecords(records, plan.payloadBytes);
  else for await (const record of records) yield [record];
}

async function* recordsOf(path: string, plan: ExchangePlan): AsyncGenerator<ProcessedRecord> {
  const { processor } = plan;
  const isLine = plan.splitBy === "Line";
  const bodies = isLine ? splitLines(readObject(path, plan.isGzipped), recordLimit(plan)) : readWhole(path, plan);
  for await (const body of bodies) yield processor === null ? { body, source: null } : processor.prepare(body, isLine);
}

/** None if MaxPayloadInMB is 0. */
function recordLimit({ payloadBytes }: ExchangePlan): LineLimit | undefined {
  if (payloadBytes === 0) return undefined;
  const exceeded = (line: number): Error =>
    seeLogs("ClientError", [`Record ${line} is larger than MaxPayloadInMB (${payloadBytes} bytes)`]);
  return { bytes: payloadBytes, exceeded };
}

async function* readWhole(path: string, { isGzipped, payloadBytes }: ExchangePlan): AsyncGenerator<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of readObject(path, isGzipped) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (payloadBytes > 0 && bytes > payloadBytes) {
      throw seeLogs("ClientError", [
        `The object is larger than MaxPayloadInMB (${payloadBytes} bytes) and is not split`,
      ]);
    }
    pieces.push(piece);
  }
  yield Buffer.concat(pieces);
}

function withoutNewline(body: Buffer, { recordNewline }: ExchangePlan): Buffer {
  return recordNewline === "strip" && body.at(-1) === NEWLINE[0] ? body.subarray(0, -1) : body;
}
