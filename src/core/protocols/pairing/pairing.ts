import type { JsonPath } from "../../json/json-pointer.ts";

/**
 * How predictions find their rows if not by position: by the value of a column that each of them repeats, or by the number that each of them has of
 * its row in the request. `at` leads from a prediction to it.
 */
export type Pairing =
  | { readonly by: "key"; readonly column: string; readonly at: JsonPath }
  | { readonly by: "index"; readonly at: JsonPath };

/** The option of a job that asks for a pairing. */
export function pairingOption({ by }: Pairing): "response.key" | "response.index" {
  return `response.${by}`;
}
