import type { Style } from "./style.ts";
import { visibleText } from "./visible-text.ts";

/** A name and its text; null omits it. Further lines of a text are aligned with its first. */
export type Fact = readonly [name: string, text: string | null];

/** Names in one column, texts in another, indented by two spaces. Every line ends with a line break. */
export function formatFacts(facts: readonly Fact[], style: Style): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null);
  const width = Math.max(0, ...known.map(([name]) => name.length));
  const margin = " ".repeat(width + 4);
  return known
    .map(
      ([name, text]) => `  ${style("dim", name.padEnd(width))}  ${visibleText(text).split("\n").join(`\n${margin}`)}\n`,
    )
    .join("");
}
