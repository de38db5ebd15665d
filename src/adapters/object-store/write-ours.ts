import type { ObjectStore, WriteCondition } from "../../core/ports/object-store.ts";

/**
 * A conditional write of a text that no other process writes. If the response to a successful write is lost, the client writes again, and the store
 * then reports that the condition does not hold. The stored text shows whether the write was ours.
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
