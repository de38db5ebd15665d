import type { Readable } from "node:stream";

/** The body of one request. It may have to be sent more than once, so it is opened again each time. */
export type Payload = { open(): Buffer | Readable };

export function bufferPayload(body: Buffer): Payload {
  return { open: () => body };
}
