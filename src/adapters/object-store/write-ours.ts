import type { ObjectStore, WriteCondition } from "../../core/ports/object-store.ts";

/**
 * A conditional write of a text that nobody else writes. A store that has taken it may be asked again by the client, because its answer was lost; it then
 * says that the condition does not hold: what is there tells whose it is.
 */
export async function writeOurs(
  store: Pick<ObjectStore, "readText" | "writeText">,
  key: string,
  text: string,
  condition: WriteCondition,
): Promise<string | null> {
  const etag = await store.writeText(key, text, condition);
  if (etag !== null) return etag;
  const found = await store.readText(key);
  return found?.text === text ? found.etag : null;
}
