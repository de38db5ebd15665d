import type { FaultRule, StatusPolicy } from "../../src/backends/http/index.ts";

type Row = FaultRule & { readonly name: string };

/** How a page calls what is no response. */
const NO_RESPONSE: Readonly<Record<string, string>> = {
  refused: "no connection",
  "unknown-host": "the host has no address",
  reset: "a connection that is reset",
  dropped: "a response that breaks off",
  timeout: "no response in time",
  "too-large": "more than `max_response_bytes`",
  fatal: "a certificate that is not trusted",
};

/** The table of a policy: a row for each rule that differs from the one before in what is done. */
export function statusTable(statuses: StatusPolicy, transport: Readonly<Record<string, FaultRule>>): string {
  const rows: Row[] = [
    ...statuses.map((rule) => ({ ...rule, name: rule.statuses.join(", ") })),
    ...Object.entries(transport).map(([kind, rule]) => ({ ...rule, name: NO_RESPONSE[kind] ?? kind })),
  ].filter(({ fault }) => fault !== "none");
  const merged = new Map<string, string[]>();
  for (const row of rows) {
    // Two rules for the rest of 4xx and 5xx come last, and are read as such.
    const rest = row.name.endsWith("xx") && row.fault === "rows" ? "other " : "";
    const cells = [`\`${row.fault}\``, again(row), String(row.halvesAfter ?? ""), row.busy === true ? "yes" : ""].join(
      " | ",
    );
    merged.set(cells, [...(merged.get(cells) ?? []), `${rest}${row.name}`]);
  }
  const lines = Array.from(merged, ([cells, names]) => `| ${names.join(", ")} | ${cells} |`);
  return [
    "| response | at fault | sent again | halves after | fewer at once |",
    "| --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}

function again({ again: rule }: FaultRule): string {
  return rule === "never" ? "no" : `\`${rule}\``;
}
