import { validationError } from "./service-error.ts";

export type Page<Item> = { readonly items: readonly Item[]; readonly nextToken?: string };

/** Cuts one page out of a list in its final order. The token is opaque to clients, and valid only for the same list with the same query. */
export function paginate<Item>(
  items: readonly Item[],
  { token, size, query }: { readonly token: string | undefined; readonly size: number; readonly query: object },
): Page<Item> {
  const asked = JSON.stringify(query);
  const start = token === undefined ? 0 : readToken(token, asked);
  const end = start + size;
  const page = items.slice(start, end);
  if (end >= items.length) return { items: page };
  return { items: page, nextToken: Buffer.from(JSON.stringify([end, asked])).toString("base64url") };
}

function readToken(token: string, asked: string): number {
  try {
    const [start, query] = JSON.parse(Buffer.from(token, "base64url").toString()) as [unknown, unknown];
    if (typeof start === "number" && query === asked) return start;
  } catch {
    // Not one of our tokens: thrown below.
  }
  throw validationError("Invalid NextToken: it does not come from an earlier page of this list.");
}
