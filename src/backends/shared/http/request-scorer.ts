import type { ErrorCode } from "../../../core/errors/error-codes.ts";
import type { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { EventSink } from "../../../core/ports/event-sink.ts";
import type { Protocol } from "../../../core/protocols/protocol.ts";
import { requestId } from "../../../core/protocols/request-id.ts";
import { errorObjectText } from "../../../core/protocols/responses/error-object.ts";
import type { ResponseShare } from "./flow/held-bytes.ts";
import type { RequestSender, SendResult } from "./flow/request-sender.ts";
import type { NonFinite } from "./http-session-options.ts";
import type { PartOutcome } from "./isolation/isolate-rows.ts";
import { createRequestSize } from "./isolation/request-size.ts";
import type { RequestUnit } from "./isolation/request-units.ts";
import type { RowFault } from "./isolation/row-fault.ts";
import { scoreInParts } from "./isolation/score-in-parts.ts";
import { sentRows } from "./isolation/sent-rows.ts";
import { openEnvelope, wrapPredictions } from "./request-envelope.ts";
import type { AnswerFault } from "./responses/answer-faults.ts";
import { invalid } from "./responses/answer-faults.ts";
import { checkAnswer } from "./responses/check-answer.ts";
import { createEchoedRows } from "./responses/echoed-rows.ts";
import type { GoodAnswer, Question } from "./responses/good-answer.ts";
import { renumber } from "./responses/pair-response.ts";
import { createResponseCounts } from "./responses/response-counts.ts";
import { createResponseShapes } from "./responses/response-shapes.ts";
import { createRejections } from "./status/rejections.ts";
import type { OpenedRequest } from "./transport/opened-request.ts";

/** A request's answer lines, each ended by `\n`, as many as it has lines. */
export type ScoredUnit = { readonly lines: Buffer; readonly retries: number };

export type RequestScorer = {
  score(unit: RequestUnit, share: ResponseShare, signal: AbortSignal): Promise<ScoredUnit>;
  /** The error that ends the run if no further request is sent: rows were rejected, and none was answered. Otherwise null. */
  undecided(): ScoreframeError | null;
};

export type RequestScorerOptions = {
  readonly protocol: Protocol;
  readonly batchSize: number;
  readonly isolateFailedRows: boolean;
  readonly nonFinite: NonFinite;
  readonly redact: (text: string) => string;
  readonly events: EventSink;
};

/** After this number of consecutive requests without a good row, rows are not isolated any more until a request is answered well. */
const BARREN_LIMIT = 3;

const WRONG_COUNTS: readonly ErrorCode[] = ["PREDICTION_COUNT_MISMATCH", "LINE_COUNT_MISMATCH"];

/** The id is the first thing in a request. */
const ID_BYTES = 200;

/** The parts of a request that are needed to judge its answer. */
type Asked = Pick<Question, "id" | "expects" | "rows" | "sent">;

type Tried = { readonly answer: GoodAnswer } | { readonly fault: RowFault };

/** Scores one request: sends it, checks the answer, and finds its bad rows if they made it fail. */
export function createRequestScorer(sender: RequestSender, options: RequestScorerOptions): RequestScorer {
  const { protocol, batchSize, nonFinite, redact } = options;
  const echoed = createEchoedRows(protocol);
  const shapes = createResponseShapes();
  const counts = createResponseCounts(options.events, protocol);
  const isAnyAnswered = (): boolean => sender.answered() > 0;
  const size = createRequestSize(options.events);
  const rejections = createRejections(isAnyAnswered);
  let barrenStreak = 0;

  function judge(sent: SendResult, asked: Asked): Tried {
    if ("fault" in sent) return sent;
    const answer = checkAnswer(sent.reply, { protocol, nonFinite, ...asked });
    if ("lines" in answer) {
      const fault = countFault(answer) ?? echoFault(answer, asked) ?? shapeFault(answer);
      if (fault !== null) return { fault: { ...fault, attempts: sent.attempts } };
      barrenStreak = 0;
      return { answer };
    }
    if (WRONG_COUNTS.includes(answer.code)) counts.remember(sent.reply.body, asked.rows());
    return { fault: { ...answer, message: redact(answer.message), attempts: sent.attempts } };
  }

  /** A prediction with the key of a row proves that it belongs to that row. */
  function countFault({ count }: GoodAnswer): AnswerFault | null {
    return protocol.pairing?.by === "key" ? null : counts.complaint(count);
  }

  function echoFault(answer: GoodAnswer, { sent }: Asked): AnswerFault | null {
    const complaint = echoed.complaint(answer, () => sentRows(sent(), protocol));
    if (complaint === null) return null;
    return { ...invalid(redact(`${complaint.what}: they are those of other rows. ${complaint.fix}`)), isolable: false };
  }

  function shapeFault({ values }: GoodAnswer): AnswerFault | null {
    const complaint = values === null ? null : shapes.complaint(values);
    return complaint === null ? null : invalid(redact(complaint));
  }

  function isWorthIsolating({ isolable, size: ofSize }: RowFault, rows: number): boolean {
    if (!isolable || rows <= 1 || barrenStreak >= BARREN_LIMIT) return false;
    return options.isolateFailedRows || ofSize !== undefined;
  }

  /** Learns from a response how large requests may be. */
  function learnSize(tried: Tried, rows: () => number, bytes: number): void {
    if ("answer" in tried) size.accepted(tried.answer.count, bytes);
    else if (tried.fault.size === "too large") size.tooLarge(rows(), bytes, tried.fault.message);
  }

  async function score(unit: RequestUnit, share: ResponseShare, signal: AbortSignal): Promise<ScoredUnit> {
    const answeredBefore = sender.answered();
    let retries = 0;
    const send = async (body: Buffer, rows: () => number, isolating: boolean): Promise<SendResult> => {
      const hasSeveralRows = (): boolean => rows() > 1;
      const sent = await sender.send(body, {
        shard: unit.shard,
        answeredBefore,
        isolating,
        hasSeveralRows,
        share,
        signal,
      });
      retries += sent.attempts - 1;
      return sent;
    };
    let opened: OpenedRequest | undefined;
    const envelope = (): OpenedRequest => {
      opened ??= openEnvelope(unit, protocol);
      return opened;
    };
    const rowCount = (): number => (protocol.lineHolds === "row" ? unit.lines : envelope().rows.length);
    // Most requests are full, so the sent rows are counted only if the answer has another length.
    const id = (): string | null =>
      protocol.rowForm === "tensors" ? requestId(unit.body.toString("utf8", 0, ID_BYTES)) : null;
    let fault: RowFault | null = null;
    if (size.fits(rowCount, unit.body.length)) {
      const tried = judge(await send(unit.body, rowCount, false), {
        id,
        expects: (n) => n === batchSize,
        rows: rowCount,
        sent: () => ({ body: unit.body, header: unit.header, rows: envelope().rows }),
      });
      learnSize(tried, rowCount, unit.body.length);
      if ("answer" in tried) return { lines: tried.answer.lines, retries };
      fault = tried.fault;
      if (fault.size !== "too large" && !isWorthIsolating(fault, rowCount())) {
        if (fault.ends !== undefined) rejections.add(fault.ends);
        return { lines: failedLines(fault, unit.lines), retries };
      }
    }

    const sendPart = async (rows: readonly Buffer[]): Promise<PartOutcome> => {
      const body = envelope().wrap(rows);
      const count = (): number => rows.length;
      const part = judge(await send(body, count, true), {
        id,
        expects: (n) => n === rows.length,
        rows: count,
        sent: () => ({ body, header: unit.header, rows }),
      });
      retries += 1;
      learnSize(part, count, body.length);
      return "answer" in part ? { predictions: part.answer.predictions() } : part;
    };
    const rows = await scoreInParts(envelope().rows, fault, {
      sendPart,
      size,
      rejections,
      around: envelope().wrap([]).length,
      isAlive: isAnyAnswered,
      isWorthIsolating,
      onBarren: () => {
        barrenStreak += 1;
      },
    });
    return { lines: wrapPredictions(renumber(rows.map(predictionOrError), protocol), protocol), retries };
  }

  return { score, undecided: rejections.undecided };
}

function predictionOrError(row: Buffer | RowFault): Buffer {
  return Buffer.isBuffer(row) ? row : Buffer.from(errorObjectText(row));
}

function failedLines(fault: RowFault, lines: number): Buffer {
  return Buffer.from(`${errorObjectText(fault)}\n`.repeat(lines));
}
