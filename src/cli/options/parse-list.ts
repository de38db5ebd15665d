import { InvalidArgumentError } from "commander";

/** `a, b` as ["a", "b"], for an option. */
export function parseList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return names;
  throw new InvalidArgumentError("It must be names with commas between them.");
}
