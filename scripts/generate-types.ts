// docs/reference/types.md: how every type is sent and written, found by sending it through the engine.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GeneratedFile } from "./generate-job-schema.ts";
import { root } from "./lib/toolchain.mjs";
import { markdownTable, visible } from "./types/markdown-table.ts";
import type { SentValues, ValueSender } from "./types/send-values.ts";
import { createValueSender } from "./types/send-values.ts";
import { FOREIGN_CASES, FOREIGN_FROM, REJECTED_CASES, TYPE_CASES } from "./types/type-cases.ts";

const PATH = "docs/reference/types.md";

/** The page with its tables made again. */
export async function generateTypesPage(): Promise<GeneratedFile> {
  const sender = await createValueSender();
  try {
    const sent = await sender.send(TYPE_CASES.map(({ sql }) => sql));
    const tables: Readonly<Record<string, string>> = {
      requests: requestsTable(sent),
      output: outputTable(sent),
      refused: await rejectedTable(sender),
      foreign: await foreignTable(sender),
    };
    const page = readFileSync(join(root, PATH), "utf8");
    const text = page.replace(
      /^(<!-- (\w+), made by .* -->\n\n)[\s\S]*?(<!-- \/\2 -->)$/gm,
      (_all, begin: string, name: string, end: string) => `${begin}${tables[name]}\n${end}`,
    );
    return { path: PATH, text };
  } finally {
    await sender.close();
  }
}

/** Protocols that write all values alike share a column. */
function requestsTable({ requests }: SentValues): string {
  const groups = new Map<string, { ids: string[]; texts: readonly string[] }>();
  for (const [id, texts] of requests) {
    const known = groups.get(JSON.stringify(texts));
    if (known === undefined) groups.set(JSON.stringify(texts), { ids: [id], texts });
    else known.ids.push(id);
  }
  const columns = [...groups.values()];
  const head = ["type", "in SQL", ...columns.map(({ ids }) => ids.map((id) => `\`${id}\``).join(", "))];
  const rows = TYPE_CASES.map(({ sql }, index) => [
    typeCell(index),
    visible(sql),
    ...columns.map(({ texts }) => visible(texts[index] ?? "")),
  ]);
  return markdownTable(head, rows);
}

function outputTable({ parquet, csv, jsonl }: SentValues): string {
  const rows = TYPE_CASES.map(({ sql }, index) => [
    typeCell(index),
    visible(sql),
    visible(parquet[index]?.type ?? ""),
    visible(parquet[index]?.value ?? null),
    visible(csv[index] ?? ""),
    visible(jsonl[index] ?? ""),
  ]);
  return markdownTable(["type", "in SQL", "Parquet: type", "Parquet: value", "CSV", "JSON Lines"], rows);
}

async function rejectedTable(sender: ValueSender): Promise<string> {
  const rows: string[][] = [];
  for (const { type, sql } of REJECTED_CASES) {
    const { code, message } = await sender.failure(sql);
    rows.push([type, visible(sql), `\`${code}\``, visible(message)]);
  }
  return markdownTable(["type", "in SQL", "code", "message"], rows);
}

async function foreignTable(sender: ValueSender): Promise<string> {
  const names = FOREIGN_CASES.map(({ column }) => `"${column}"`);
  const sent = await sender.send(names, FOREIGN_FROM);
  const rows = FOREIGN_CASES.map(({ type }, index) => [
    type,
    visible(sent.requests.get("instances")?.[index] ?? ""),
    visible(sent.parquet[index]?.type ?? ""),
    visible(sent.parquet[index]?.value ?? null),
  ]);
  return markdownTable(["written as", "in a request", "type", "value"], rows);
}

/** A type is named once, at its first value. */
function typeCell(index: number): string {
  const type = TYPE_CASES[index]?.type ?? "";
  return type === TYPE_CASES[index - 1]?.type ? "" : type;
}
