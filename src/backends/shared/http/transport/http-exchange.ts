import type { Protocol } from "../../../../core/protocols/protocol.ts";
import type { ResponseShare } from "../flow/held-bytes.ts";
import type { ResolvedHttpSessionOptions } from "../http-session-options.ts";
import type { Connection } from "./connection.ts";
import { cutResponseReason } from "./cut-response.ts";
import { replyFault } from "./reply-fault.ts";
import type { TransportFault } from "./transport-fault.ts";

/** A whole answer. Names of headers are lower case. */
export type HttpReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

export type HttpExchange = {
  /**
   * Sends one request and reads its whole answer: a reply of any status, or why there is none. `withinMs` bounds both, without the time for
   * which `share` holds the reading back. Rejects only when the signal aborts, with its reason.
   */
  send(body: Buffer, share: ResponseShare, withinMs: number, signal: AbortSignal): Promise<HttpReply | TransportFault>;
};

/** The caller closes `connection`. */
export function createHttpExchange(
  options: ResolvedHttpSessionOptions,
  protocol: Protocol,
  connection: Connection,
): HttpExchange {
  const { method } = options;
  const url = new URL(options.url);
  const headers = requestHeaders(options.headers, protocol);

  return {
    async send(body, share, withinMs, signal) {
      signal.throwIfAborted();
      const attempt = new AbortController();
      const onAbort = (): void => attempt.abort(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      let begun = false;
      const stopTimer = whenPassed(withinMs, share, () => attempt.abort(OUT_OF_TIME));
      try {
        const reply = await connection.request({ method, headers, body, signal: attempt.signal });
        begun = true;
        const received = await readBody(reply.body, share);
        const replyHeaders = flatHeaders(reply.headers);
        const whole = { status: reply.statusCode, headers: replyHeaders, body: received };
        const foreign = connection.proxyFault(whole.status) ?? replyFault(url, whole);
        const isAnswer = reply.statusCode >= 200 && reply.statusCode < 300 && reply.statusCode !== 204;
        const cut = isAnswer && foreign === null ? cutResponseReason(replyHeaders, received, protocol) : null;
        if (!isAnswer || foreign !== null || cut !== null) share.add(-received.length);
        return foreign ?? (cut === null ? whole : { kind: "dropped", reason: cut });
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        if (attempt.signal.reason === OUT_OF_TIME) {
          return { kind: "timeout", reason: `no whole answer within ${withinMs / 1000} s` };
        }
        return connection.explain(thrown, begun);
      } finally {
        stopTimer();
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

const OUT_OF_TIME = Symbol("out of time");

/** Reads the whole body. Waits before the next piece while other responses fill the memory, and so the server waits, too. */
async function readBody(stream: AsyncIterable<Buffer>, share: ResponseShare): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const piece of stream) {
      pieces.push(piece);
      bytes += piece.length;
      share.add(piece.length);
      const room = share.room();
      if (room !== null) await room;
    }
  } catch (thrown) {
    share.add(-bytes);
    throw thrown;
  }
  return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces, bytes);
}

/** Calls back after `milliseconds`, without the time for which the share was held back. Returns a function that cancels it. */
function whenPassed(milliseconds: number, share: ResponseShare, passed: () => void): () => void {
  const until = performance.now() + milliseconds - share.delay();
  const look = (): void => {
    const left = until + share.delay() - performance.now();
    if (left < 1) passed();
    else timer = setTimeout(look, left);
  };
  let timer = setTimeout(look, milliseconds);
  return () => clearTimeout(timer);
}

/** Lower-case names, so that there is exactly one content type, however the job spells it. */
function requestHeaders(configured: Readonly<Record<string, string>>, protocol: Protocol): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": protocol.contentType,
    accept: protocol.accept,
    // An answer is checked byte by byte; compressing it would only cost the server time on a fast network.
    "accept-encoding": "identity",
    "user-agent": "scoreframe",
  };
  for (const [name, value] of Object.entries(configured)) headers[name.toLowerCase()] = value;
  return headers;
}

function flatHeaders(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}
