import { setTimeout as sleep } from "node:timers/promises";
import type { Dispatcher } from "undici";
import { request } from "undici";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import type { RunningContainer } from "../containers/running-container.ts";
import type { JobFailure } from "./job-failure.ts";
import { seeLogs } from "./job-failure.ts";
import type { Payload } from "./payload.ts";

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
};

type Attempt = { readonly answer: Buffer } | { readonly failure: JobFailure; readonly mayRetry: boolean };

/** Sends one payload to the model, again where the rules allow it. Throws a `JobFailure`, or the signal's reason. */
export async function invoke(payload: Payload, options: InvokeOptions, signal: AbortSignal): Promise<Buffer> {
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
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutSeconds * 1000)]),
    });
    const answer = Buffer.from(await response.body.arrayBuffer());
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300) return { answer };
    return { failure: badStatus(statusCode, answer), mayRetry: options.retriedStatuses.includes(statusCode) };
  } catch (thrown) {
    signal.throwIfAborted();
    const lines = ["Unable to get response from algorithm", messageOf(thrown)];
    return { failure: seeLogs("AlgorithmError", lines), mayRetry: true };
  } finally {
    if (!Buffer.isBuffer(body)) body.destroy();
  }
}

/** The lines that the service writes for an answer that is none. */
function badStatus(status: number, body: Buffer): JobFailure {
  const isClient = status >= 400 && status < 500;
  const first = isClient ? `ClientError: ${status}` : `Bad HTTP status received from algorithm: ${status}`;
  const text = body.subarray(0, 4000).toString("utf8").trimEnd().split("\n");
  return seeLogs(isClient ? "ClientError" : "AlgorithmError", [first, "", "Message:", ...text]);
}
