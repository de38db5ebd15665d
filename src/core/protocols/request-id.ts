/** An id at the beginning of a request, without escapes, as a JSON writer puts it. */
const ID = /^\s*\{\s*"id"\s*:\s*"([^"\\]*)"/;

/** What a V2 request is called; null if its text does not begin with an id. */
export function requestId(head: string): string | null {
  return ID.exec(head)?.[1] ?? null;
}
