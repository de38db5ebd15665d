import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { request } from "undici";
import { messageOf } from "../../../../core/errors/scoreframe-error.ts";
import type { RunningContainer } from "../../containers/running-container.ts";
import type { JobFailure } from "../job-failure.ts";
import { seeLogs } from "../job-failure.ts";
import type { Answer } from "./answer.ts";
import type { Payload } from "./payload.ts";
import { receiveAnswer, receiveBeginning } from "./receive-answer.ts";

export type InvokeOptions = {
  readonly container: RunningContainer;
  readonly dispatcher: Dispatcher;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly timeoutSeconds: number;
  readonly maxRetries: number;
  readonly retriedStatuses: readonly number[];
  /** Seconds. */
  readonly retryDelay: number;
  /** Most bytes of an answer; null is no limit. */
  readonly responseLimit: number | null;
  /** A file for this request only, for a large answer. */
  readonly spoolPath: string;
};

/** How much of the body of an invalid answer is logged. */
const LOGGED_BYTES = 4000;
/** The answer of Amazon's multi-model-server, and of containers built on it, instead of one that is larger than its `max_response_size`. */
const WORKER_DIED = Buffer.from('{"code":500,"type":"InternalServerException","message":"Worker died."}');

type Attempt = { readonly answer: Answer } | { readonly failure: JobFailure; readonly mayRetry: boolean };

/** Sends one payload to the model, again if the rules allow it. Throws a `JobFailure`, or the signal's reason. */
export async function invoke(payload: Payload, options: InvokeOptions, signal: AbortSignal): Promise<Answer> {
  for (let retries = 0; ; retries += 1) {
    const attempt = await tryOnce(payload, options, signal);
    if ("answer" in attempt) return attempt.answer;
    if (!attempt.mayRetry || retries >= options.maxRetries) throw attempt.failure;
    await sleep(options.retryDelay * 1000 * 2 ** retries, undefined, { signal });
  }
}

async function tryOnce(payload: Payload, options: InvokeOptions, signal: AbortSignal): Promise<Attempt> {
  const { container, contentType, accept, timeoutSeconds } = options;
  const body = payload.open();
  // A signal of AbortSignal.timeout would stay in memory until its time is over, which is ten minutes for each of many thousand requests.
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${timeoutSeconds} s`)), timeoutSeconds * 1000);
  try {
    const response = await request(`${container.origin}${container.invocationsPath ?? "/invocations"}`, {
      dispatcher: options.dispatcher,
      method: "POST",
      headers: {
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        ...(accept === undefined ? {} : { accept }),
      },
      body,
      headersTimeout: 0,
      bodyTimeout: 0,
      signal: AbortSignal.any([signal, limit.signal]),
    });
    const failed = (status: number, text: Buffer): Attempt => ({
      failure: badStatus(status, text),
      mayRetry: options.retriedStatuses.includes(status),
    });
    const { statusCode, body: stream } = response;
    if (statusCode < 200 || statusCode >= 300) {
      return failed(statusCode, await receiveBeginning(stream, LOGGED_BYTES));
    }
    const answer = await receiveAnswer(stream, options.spoolPath, options.responseLimit);
    return answer === null ? failed(500, WORKER_DIED) : { answer };
  } catch (thrown) {
    signal.throwIfAborted();
    const lines = ["Unable to get response from algorithm", messageOf(thrown)];
    return { failure: seeLogs("AlgorithmError", lines), mayRetry: true };
  } finally {
    clearTimeout(timer);
    if (!Buffer.isBuffer(body)) body.destroy();
  }
}

/** The lines that the service logs for an answer with an error status. */
function badStatus(status: number, body: Buffer): JobFailure {
  const isClient = status >= 400 && status < 500;
  const first = isClient ? `ClientError: ${status}` : `Bad HTTP status received from algorithm: ${status}`;
  const text = body.toString("utf8").trimEnd().split("\n");
  return seeLogs(isClient ? "ClientError" : "AlgorithmError", [first, "", "Message:", ...text]);
}
