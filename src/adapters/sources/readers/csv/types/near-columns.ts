import type { Kind } from "../../../../../core/domain/cell-kind.ts";
import { cellKind, KIND, MISSING_MARKERS } from "../../../../../core/domain/cell-kind.ts";
import { quoteIdentifier } from "../../../../duckdb/sql-quoting.ts";
import { cut } from "../layout/csv-head.ts";
import type { ColumnFacts } from "./column-scan.ts";
import { parseDateFormat } from "./date-format.ts";

/** A column of text that may have been meant as something else. */
export type NearColumn = { readonly name: string; readonly why: string; readonly hint: string };

/** Other ways of writing a value, and how to have them read; no hint if that would not read each cell. */
const SPELLINGS: readonly {
  readonly pattern: RegExp;
  readonly hint: (name: string, cells: readonly string[]) => string | undefined;
}[] = [
  { pattern: /^(?:yes|no|y|n|t|f|true|false)$/i, hint: (name) => typeHint(name, "BOOLEAN") },
  { pattern: /^\d+$/, hint: codeHint },
  { pattern: /^\s*[+-]?\d+\s*$/, hint: (name, cells) => typeHint(name, integerType(cells)) },
  { pattern: /^\s*[+-]?\d+(?:\.\d+)?\s*$/, hint: (name) => typeHint(name, "DOUBLE") },
  { pattern: /^-?\d+,\d+$/, hint: (name) => `replace(${quoteIdentifier(name)}, ',', '.')::DOUBLE in the SQL` },
  { pattern: /^-?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?$/, hint: pointsOfThousands },
  {
    pattern: /^-?(?:\d{1,3}(?:,\d{3})+|\d{1,3})(?:\.\d+)?$/,
    hint: (name) => `replace(${quoteIdentifier(name)}, ',', '')::DOUBLE in the SQL`,
  },
  { pattern: /^-?\d+(?:\.\d+)? ?%$/, hint: (name) => `rtrim(${quoteIdentifier(name)}, ' %')::DOUBLE in the SQL` },
  {
    pattern: /^-?[$€£¥] ?\d+(?:,\d{3})*(?:\.\d+)?$/,
    hint: (name) => `regexp_replace(${quoteIdentifier(name)}, '[^-.0-9]', '', 'g')::DOUBLE in the SQL`,
  },
  { pattern: /^\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d\d)(?: \d\d:\d\d(?::\d\d)?)?$/, hint: dateHint },
  { pattern: /^\d{4}[./-]\d{1,2}[./-]\d{1,2}$/, hint: dateHint },
];

/** `sample`: cells of the column, as far as they were kept. `why`: what made it text, if not one cell. */
export function nearColumn(
  name: string,
  facts: readonly { readonly file: string; readonly facts: ColumnFacts }[],
  sample: readonly string[],
  why: string | undefined,
): NearColumn | undefined {
  const cells = sample.filter((text) => text !== "");
  if (why !== undefined) return { name, why, hint: castHint(name, cells) };
  const culprit = facts.find(({ facts: each }) => each.misfit !== undefined);
  const misfit = culprit?.facts.misfit;
  if (misfit === undefined) return undefined;
  const place = `line ${misfit.line} has ${JSON.stringify(cut(misfit.text))}`;
  const at = facts.length === 1 ? place : `${place} in ${culprit?.file}`;
  const shown = facts.flatMap(({ facts: each }) => (each.misfit === undefined ? [] : [each.misfit.text]));
  const written = [...cells, ...shown];
  const hint = spellingHint(name, written);
  if (hint !== undefined) return { name, why: at, hint };
  const kind = mainKind(cells);
  const fitting = cells.filter((text) => cellKind(text)?.kind === kind).length;
  const isNear = kind !== KIND.TEXT && fitting * 2 >= cells.length;
  if (!isNear && misfit.fitting < 100) return undefined;
  const meant = kind === KIND.TEXT ? (culprit?.facts.formerKind ?? KIND.TEXT) : kind;
  const cast = tryCast(name, meant);
  // A cell with a digit is rather a value that is written otherwise.
  const isMarker = !/\d/.test(misfit.text) && misfit.text.length <= 80;
  return { name, why: at, hint: isMarker ? `nulls: [${JSON.stringify(misfit.text)}], or ${cast}` : cast };
}

/** How to declare the column so that its cells are read as values, whether or not some of them mark a missing value. */
function spellingHint(name: string, written: readonly string[]): string | undefined {
  const markers = [...new Set(written.filter((text) => MISSING_MARKERS.has(text)))];
  const values = written.filter((text) => !MISSING_MARKERS.has(text));
  if (values.length === 0) return undefined;
  for (const { pattern, hint } of SPELLINGS) {
    const found = values.every((text) => pattern.test(text)) ? hint(name, values) : undefined;
    if (found === undefined) continue;
    return markers.length === 0
      ? found
      : `${found}, nulls: [${markers.map((text) => JSON.stringify(text)).join(", ")}]`;
  }
  return undefined;
}

/** Whole numbers with zeros before them are codes more often than numbers. */
function codeHint(name: string, cells: readonly string[]): string | undefined {
  if (!cells.some((text) => /^0\d/.test(text))) return undefined;
  return `${typeHint(name, "VARCHAR")} for codes, or ${typeHint(name, integerType(cells))}, which drops the zeros`;
}

/** Numbers such as `1.234,56`; without a comma they may be other numbers. */
function pointsOfThousands(name: string, cells: readonly string[]): string | undefined {
  if (!cells.some((text) => text.includes(","))) return undefined;
  return `replace(replace(${quoteIdentifier(name)}, '.', ''), ',', '.')::DOUBLE in the SQL`;
}

/** A type that takes all of the cells, or a cast that leaves nulls. */
function castHint(name: string, cells: readonly string[]): string {
  const kind = mainKind(cells);
  const takesAll = kind === KIND.NUMBER && cells.every((text) => cellKind(text)?.kind === kind);
  return takesAll ? typeHint(name, "DOUBLE") : tryCast(name, kind);
}

function tryCast(name: string, kind: Kind): string {
  return `TRY_CAST(${quoteIdentifier(name)} AS ${typeOf(kind)}) in the SQL, which makes null of what is no ${typeOf(kind)}`;
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

function dateHint(_name: string, cells: readonly string[]): string | undefined {
  const [first = ""] = cells;
  const [, separator = "."] = /^\d+([./-])/.exec(first) ?? [];
  const time = / \d\d:\d\d:\d\d$/.test(first) ? " %H:%M:%S" : / \d\d:\d\d$/.test(first) ? " %H:%M" : "";
  const year = /[./-]\d{4}(?: |$)/.test(first) ? "%Y" : "%y";
  const orders = /^\d{4}/.test(first)
    ? [
        ["%Y", "%m", "%d"],
        ["%Y", "%-m", "%-d"],
      ]
    : [
        ["%d", "%m", year],
        ["%m", "%d", year],
        ["%-d", "%-m", year],
        ["%-m", "%-d", year],
      ];
  const formats = orders.map((order) => `${order.join(separator)}${time}`);
  const format = formats.find((each) => cells.every(parseDateFormat(each, (reason) => new Error(reason)).matches));
  return format === undefined ? undefined : `dateformat: '${format}'`;
}
