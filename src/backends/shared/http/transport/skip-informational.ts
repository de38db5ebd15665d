import type { Socket } from "node:net";
import { buildConnector } from "undici";

const HEAD = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r\n]/;
/** The number of characters that the expression above looks at. */
const HEAD_START = "HTTP/1.1 100 ".length;
const HEAD_END = "\r\n\r\n";
/** A longer head is left to undici's parser. */
const LONGEST_HEAD_BYTES = 16_384;
const EMPTY = Buffer.alloc(0);

/**
 * Opens connections that skip unrequested 1xx responses. HTTP allows a server to send them before any response; undici closes the connection at a
 * 100, and has no option or interceptor for it.
 */
export function skippingInformational(
  connect: buildConnector.BuildOptions | buildConnector.connector,
): buildConnector.connector {
  const open = typeof connect === "function" ? connect : buildConnector(connect);
  return (request, callback) => {
    open(request, (...result) => {
      if (result[0] === null) skipInformational(result[1]);
      callback(...result);
    });
  };
}

/** undici takes what has arrived by `read`, and a request is sent only when the response before it is whole. */
function skipInformational(socket: Socket): void {
  const read = socket.read.bind(socket);
  /** The beginning of a response that may be one of 1xx; empty in the middle of a response. */
  let held: Buffer = EMPTY;
  let writtenBefore = -1;
  socket.read = (size?: number): Buffer | null => {
    for (;;) {
      const chunk: Buffer | null = read(size);
      if (chunk === null) return null;
      // A response begins after bytes of a request only.
      if (socket.bytesWritten === writtenBefore) return chunk;
      held = withoutHeads(held.length === 0 ? chunk : Buffer.concat([held, chunk]));
      if (held.length > 0 && !mayBeHead(held)) {
        const whole = held;
        held = EMPTY;
        writtenBefore = socket.bytesWritten;
        return whole;
      }
    }
  };
}

function withoutHeads(bytes: Buffer): Buffer {
  let left = bytes;
  while (HEAD.test(left.toString("latin1", 0, HEAD_START))) {
    const end = left.indexOf(HEAD_END);
    if (end === -1) return left;
    left = left.subarray(end + HEAD_END.length);
  }
  return left;
}

/** Whether the bytes begin, or may begin, with a head that is not whole yet. */
function mayBeHead(bytes: Buffer): boolean {
  if (bytes.length > LONGEST_HEAD_BYTES) return false;
  const start = bytes.toString("latin1", 0, HEAD_START);
  return HEAD.test(start) || (bytes.length < HEAD_START && HEAD.test(start + "HTTP/1.1 100 ".slice(start.length)));
}
