import type { ServeResult } from "../../composition/serve-model.ts";
import { formatFacts } from "./format-facts.ts";
import type { Style } from "./style.ts";
import { formatSeconds } from "./units.ts";

export type DryRun = Extract<ServeResult, { readonly kind: "dry-run" }>;

export function dryRunSummary({ description, example, prediction, seconds }: DryRun, style: Style): string {
  const facts = formatFacts(
    [
      ["row", example],
      ["prediction", prediction],
      ["time", `${formatSeconds(seconds.load)} to load, ${formatSeconds(seconds.score)} to score`],
    ],
    style,
  );
  return `${style("green", "Scores")}: ${style("bold", description)}\n${facts}`;
}
