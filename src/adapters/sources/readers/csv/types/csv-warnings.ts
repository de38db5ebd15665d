import { basename } from "node:path";
import { cut } from "../layout/csv-head.ts";
import type { ColumnFacts } from "./column-scan.ts";
import type { NearColumn } from "./near-columns.ts";

const MOST = 10;

export type MissingValues = { readonly name: string; readonly facts: readonly FileFacts[] };

export type FileFacts = { readonly file: string; readonly facts: ColumnFacts };

/** Names the columns in which a text was read as null, without having been declared; undefined if there are none. */
export function missingValuesWarning(table: string, columns: readonly MissingValues[]): string | undefined {
  const found = columns.filter(({ facts }) => facts.some((each) => each.facts.markers.length > 0));
  if (found.length === 0) return undefined;
  const texts = new Set(
    found.flatMap(({ facts }) => facts.flatMap((each) => each.facts.markers.map(({ text }) => text))),
  );
  const clauses = found.slice(0, MOST).map(({ name, facts }) => `"${name}" (${describeMarkers(facts)})`);
  const more = found.length > MOST ? ` and ${found.length - MOST} columns more` : "";
  return (
    `In the table "${table}", texts that mark a missing value are read as null in columns of other types: ${clauses.join(", ")}${more}. ` +
    `Declare them for the table: nulls: [${[...texts].map((text) => JSON.stringify(text)).join(", ")}], or keep the texts: types: { …: VARCHAR }.`
  );
}

function describeMarkers(facts: readonly FileFacts[]): string {
  const [first] = facts.filter((each) => each.facts.markers.length > 0);
  const markers = first?.facts.markers ?? [];
  const all = facts.flatMap((each) => each.facts.markers);
  const counts = markers.map(({ text }) => {
    const count = all.filter((each) => each.text === text).reduce((sum, each) => sum + each.count, 0);
    return `${text} ${count === 1 ? "once" : `${count} times`}`;
  });
  const line = Math.min(...markers.map((marker) => marker.line));
  return `${counts.join(", ")}, first in line ${line}${facts.length > 1 ? ` of ${basename(first?.file ?? "")}` : ""}`;
}

/** Names the columns of text that were nearly something else; undefined if there are none. */
export function nearColumnsWarning(table: string, columns: readonly NearColumn[]): string | undefined {
  if (columns.length === 0) return undefined;
  const clauses = columns
    .slice(0, MOST)
    .map(({ name, why, hint }) => `"${cut(name)}" (${why === "" ? "" : `${why}; `}${hint})`);
  const more = columns.length > MOST ? ` and ${columns.length - MOST} columns more` : "";
  return `Columns of the table "${table}" are text, and may be meant as something else: ${clauses.join(", ")}${more}. If so, declare it for the table.`;
}
