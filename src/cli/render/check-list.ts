import type { CheckReport } from "../../core/use-cases/check/check.ts";
import type { CheckItem } from "../../core/use-cases/check/check-item.ts";
import { formatFacts } from "./format-facts.ts";
import type { Style, StyleName } from "./style.ts";
import { visibleText } from "./visible-text.ts";

const MARKS: Readonly<Record<CheckItem["status"], readonly [StyleName, string]>> = {
  ok: ["green", "ok     "],
  warning: ["yellow", "warning"],
  failed: ["red", "failed "],
};

/** Each item with what was found, the first exchange with the model, and the verdict. */
export function checkList({ job, ok, items, sample, error }: CheckReport, style: Style): string {
  const width = Math.max(0, ...items.map(({ name }) => name.length));
  const margin = " ".repeat(width + 11);
  const lines = items.map(({ name, status, detail }) => {
    const [colour, mark] = MARKS[status];
    return `${style(colour, mark)}  ${name.padEnd(width)}  ${visibleText(detail).split("\n").join(`\n${margin}`)}\n`;
  });
  const isListed = error === null || items.some(({ detail }) => detail === error.message);
  const unlisted = isListed ? "" : `${style("red", `Error ${error.code}`)}: ${visibleText(error.message)}\n`;
  return `${lines.join("")}${sample === null ? "" : exchange(sample, style)}${unlisted}${verdict(job, ok, style)}\n`;
}

function exchange(sample: NonNullable<CheckReport["sample"]>, style: Style): string {
  const columns = sample.prediction_columns.map(({ name, type }) => `${name} ${String(type)}`).join(", ");
  return formatFacts(
    [
      ["first request", sample.first_request],
      ["first answer", sample.first_answer],
      ["predictions", columns === "" ? null : columns],
    ],
    style,
  );
}

function verdict(job: string | null, ok: boolean, style: Style): string {
  const name = job === null ? "The job" : style("bold", visibleText(job));
  if (ok) return `${style("green", "Ready")}: ${name} can be run.`;
  return `${style("red", "Not ready")}: ${name} would fail. Fix what failed above and check again.`;
}
