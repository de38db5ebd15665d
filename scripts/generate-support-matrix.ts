// docs/reference/support-matrix.md, made from the capabilities that the planner reads, too.

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BackendCapabilities } from "../src/core/ports/backend-capabilities.ts";
import type { BackendPlugin } from "../src/core/ports/scoring-backend.ts";
import { DEFAULT_BATCH_ROWS } from "../src/core/run/requests/request-batch.ts";

export const SUPPORT_MATRIX_PATH = "docs/reference/support-matrix.md";

type Described = Pick<BackendPlugin, "id" | "capabilities">;

type Row = { readonly label: string; readonly cell: (capabilities: BackendCapabilities) => string };

const ROWS: readonly Row[] = [
  { label: "Payload protocols, the preferred one first", cell: ({ protocols }) => protocols.map(code).join(", ") },
  {
    label: "Rows of a request without `requests.batch_size`",
    cell: ({ defaultBatchSize }) => String(defaultBatchSize ?? DEFAULT_BATCH_ROWS),
  },
  { label: "Most bytes of a request", cell: ({ maxRequestBytes }) => bytes(maxRequestBytes) },
  {
    label: "Requests in flight: least / default / most",
    cell: ({ concurrency: c }) => `${c.min} / ${c.default} / ${c.max}`,
  },
  { label: "Sends CSV's line of names (`requests.csv_header`)", cell: ({ requestHeader }) => yesNo(requestHeader) },
  {
    label: "A failed request costs",
    cell: ({ failureUnit }) => (failureUnit === "line" ? "its own rows" : "its shard"),
  },
  { label: "Finds the bad rows of a failed request", cell: ({ isolatesFailedRows }) => yesNo(isolatesFailedRows) },
  { label: "Shards come back", cell: ({ shardOrder }) => (shardOrder === "any" ? "in any order" : "in order") },
  { label: "Work that was begun can be cancelled", cell: ({ cancel }) => yesNo(cancel) },
  { label: "A later process can take work up again", cell: ({ reattach }) => yesNo(reattach) },
  { label: "Some rows are sent again to verify them (`verify`)", cell: ({ rescores = false }) => yesNo(rescores) },
  { label: "Runs without an account and a network", cell: ({ offline }) => yesNo(offline) },
];

/** The page about these backends. */
export function renderSupportMatrix(plugins: readonly Described[]): string {
  const head = ["", ...plugins.map(({ id }) => `[${id}](backends/${id}.md)`)];
  const body = ROWS.map(({ label, cell }) => [label, ...plugins.map(({ capabilities }) => cell(capabilities))]);
  const lines = [head, head.map(() => "---"), ...body].map((cells) => `| ${cells.join(" | ")} |`);
  return `<!-- Made by \`npm run generate\` from the backends' capabilities. -->

# Support matrix

What each backend can do. The planner and the conformance suite read the same data, so that this page cannot promise more than is tested.

${lines.join("\n")}
`;
}

/** Writes the page into the repository. */
export function writeSupportMatrix(plugins: readonly Described[]): void {
  writeFileSync(fileURLToPath(new URL(`../${SUPPORT_MATRIX_PATH}`, import.meta.url)), renderSupportMatrix(plugins));
}

function code(text: string): string {
  return `\`${text}\``;
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function bytes(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString("en-GB") : "no limit";
}
