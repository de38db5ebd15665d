import { cut } from "../layout/csv-head.ts";
import type { Kind } from "./cell-kind.ts";
import { cellKind, KIND } from "./cell-kind.ts";
import type { ColumnFacts } from "./column-scan.ts";

/** A column of text that may have been meant as something else. */
export type NearColumn = { readonly name: string; readonly why: string; readonly hint: string };

/** Other ways of writing a value, and how to have them read. All cells of a column must be written so. */
const SPELLINGS: readonly {
  readonly pattern: RegExp;
  readonly hint: (name: string, cells: readonly string[]) => string;
}[] = [
  { pattern: /^(?:yes|no|y|n|t|f|true|false)$/i, hint: (name) => typeHint(name, "BOOLEAN") },
  { pattern: /^\s*[+-]?\d+\s*$/, hint: (name, cells) => typeHint(name, integerType(cells)) },
  { pattern: /^\s*[+-]?\d+(?:\.\d+)?\s*$/, hint: (name) => typeHint(name, "DOUBLE") },
  { pattern: /^-?\d+,\d+$/, hint: (name) => `replace("${name}", ',', '.')::DOUBLE in the SQL` },
  { pattern: /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/, hint: (name) => `replace("${name}", ',', '')::DOUBLE in the SQL` },
  { pattern: /^\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?: \d\d:\d\d(?::\d\d)?)?$/, hint: dateHint },
  { pattern: /^\d{4}[./]\d{1,2}[./]\d{1,2}$/, hint: dateHint },
];

/** `sample`: cells of the column, as far as they were kept. `why`: what made it text, if not one cell. */
export function nearColumn(
  name: string,
  facts: readonly { readonly file: string; readonly facts: ColumnFacts }[],
  sample: readonly string[],
  why: string | undefined,
): NearColumn | undefined {
  if (why !== undefined) return { name, why, hint: typeHint(name, typeOf(mainKind(sample))) };
  const cells = sample.filter((text) => text !== "");
  const spelling = SPELLINGS.find(({ pattern }) => cells.length > 0 && cells.every((text) => pattern.test(text)));
  const culprit = facts.find(({ facts: each }) => each.misfit !== undefined);
  const misfit = culprit?.facts.misfit;
  const place = misfit === undefined ? "" : `line ${misfit.line} has ${JSON.stringify(cut(misfit.text))}`;
  const at = culprit === undefined || facts.length === 1 ? place : `${place} in ${culprit.file}`;
  if (spelling !== undefined) return { name, why: at, hint: spelling.hint(name, cells) };
  const kind = mainKind(cells);
  const fitting = cells.filter((text) => cellKind(text)?.kind === kind).length;
  const isNear = kind !== KIND.TEXT && fitting * 2 >= cells.length;
  if (misfit === undefined || (!isNear && misfit.fitting < 100)) return undefined;
  const meant = kind === KIND.TEXT ? (culprit?.facts.formerKind ?? KIND.TEXT) : kind;
  return { name, why: at, hint: `${typeHint(name, typeOf(meant))} or nulls: [${JSON.stringify(cut(misfit.text))}]` };
}

function integerType(cells: readonly string[]): string {
  return cells.every((text) => text.trim().length <= 18) ? "BIGINT" : "DECIMAL(38,0)";
}

function mainKind(cells: readonly string[]): Kind {
  const counts = new Map<Kind, number>();
  for (const text of cells) {
    const kind = cellKind(text)?.kind;
    if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].reduce<[Kind, number]>((best, each) => (each[1] > best[1] ? each : best), [KIND.TEXT, 0])[0];
}

function typeOf(kind: Kind): string {
  switch (kind) {
    case KIND.NUMBER:
      return "DOUBLE";
    case KIND.DATE:
      return "DATE";
    case KIND.MOMENT:
      return "TIMESTAMP";
    case KIND.TIME:
      return "TIME";
    case KIND.BOOLEAN:
      return "BOOLEAN";
    default:
      return "VARCHAR";
  }
}

function typeHint(name: string, type: string): string {
  const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
  return `types: { ${key}: ${type.includes("(") ? `'${type}'` : type} }`;
}

function dateHint(_name: string, cells: readonly string[]): string {
  const [first = ""] = cells;
  const [, separator = "."] = /^\d+([./-])/.exec(first) ?? [];
  const time = / \d\d:\d\d:\d\d$/.test(first) ? " %H:%M:%S" : / \d\d:\d\d$/.test(first) ? " %H:%M" : "";
  if (/^\d{4}/.test(first)) return `dateformat: '%Y${separator}%m${separator}%d'`;
  const year = /[./-]\d{4}(?: |$)/.test(first) ? "%Y" : "%y";
  const [dayFirst, monthFirst] = [0, 1].map((at) => cells.some((text) => Number(text.split(/[./-]/)[at]) > 12));
  const order = monthFirst && !dayFirst ? ["%m", "%d"] : ["%d", "%m"];
  return `dateformat: '${[...order, year].join(separator)}${time}'`;
}
