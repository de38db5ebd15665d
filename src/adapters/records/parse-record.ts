import type { z } from "zod";

/** A record that was read back, or why it is not one, in words that follow "it". */
export type ParsedRecord<T> = { readonly value: T } | { readonly problem: string };

/** Parses the JSON text of a file or an object that scoreframe or another program wrote. */
export function parseRecord<T>(schema: z.ZodType<T>, text: string): ParsedRecord<T> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return { problem: "is not JSON" };
  }
  const parsed = schema.safeParse(document);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") ?? "";
  return { problem: `is not valid${place === "" ? "" : ` at ${place}`}: ${issue?.message ?? "unknown"}` };
}
