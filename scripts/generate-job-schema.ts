// The published JSON Schema of the job file and its reference page, both made from the one schema in src/core/job/job-schema.ts.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonSchema } from "../src/core/job/job-json-schema.ts";
import { jobJsonSchema } from "../src/core/job/job-json-schema.ts";

/** A file that is made from the sources; `path` is relative to the repository. */
export type GeneratedFile = { readonly path: string; readonly text: string };

/** A variable in a value that is not text: `batch_size: ${ROWS}`. */
const TEMPLATE_PATTERN = "\\$\\{\\w+\\}|\\{\\{ *[\\w.-]+ *\\}\\}";

/** What job.schema.json and docs/reference/job-file.md should hold. */
export function generateJobFiles(): readonly GeneratedFile[] {
  const template = readFileSync(new URL("job-file.template.md", import.meta.url), "utf8");
  const note =
    "<!-- Made by `npm run generate` from scripts/job-file.template.md and src/core/job/job-schema.ts. -->\n\n";
  return [
    { path: "job.schema.json", text: `${JSON.stringify(publishedSchema(), null, 2)}\n` },
    { path: "docs/reference/job-file.md", text: note + template.replace("<!-- keys -->\n", () => keyTables()) },
  ];
}

/** Writes them into the repository. */
export function writeJobFiles(): void {
  for (const { path, text } of generateJobFiles()) {
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
  }
}

function publishedSchema(): unknown {
  const { $schema, ...rest } = jobJsonSchema() as JsonSchema & { $schema?: string };
  return {
    $schema,
    title: "scoreframe job",
    description: "Which rows are scored, by which model, and where the predictions go.",
    ...(allowTemplates(rest) as object),
  };
}

/** Numbers and switches may be written as a variable; JSON Schema applies `minimum` to numbers only and `pattern` to texts only. */
function allowTemplates(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => allowTemplates(item));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, allowTemplates(value)]));
  const type = copy["type"];
  if (typeof type !== "string" || !["number", "integer", "boolean"].includes(type)) return copy;
  return { ...copy, type: [type, "string"], pattern: TEMPLATE_PATTERN };
}

type Section = {
  readonly title: string;
  readonly description: string;
  readonly prefix: string;
  readonly schema: JsonSchema;
};

function keyTables(): string {
  const root = jobJsonSchema();
  const sections: Section[] = [{ title: "The job", description: "", prefix: "", schema: root }];
  for (const [key, schema] of Object.entries(root.properties ?? {})) collectSections(key, schema, sections);
  return sections.map((section) => keyTable(section)).join("\n");
}

function collectSections(path: string, schema: JsonSchema, sections: Section[]): void {
  for (const branch of schema.oneOf ?? schema.anyOf ?? [schema]) {
    if (branch.properties === undefined) continue;
    const kind = branch.properties["kind"]?.const;
    const title = kind === undefined ? `\`${path}\`` : `\`${path}\` of kind \`${kind}\``;
    sections.push({ title, description: branch.description ?? "", prefix: `${path}.`, schema: branch });
    for (const [key, child] of Object.entries(branch.properties)) {
      if (typeof child.additionalProperties === "object") {
        collectSections(`${path}.${key}.<name>`, child.additionalProperties, sections);
      }
    }
  }
}

function keyTable({ title, description, prefix, schema }: Section): string {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([key, child]) => {
    const initial = child.properties === undefined ? child.default : undefined;
    const fallback = required.has(key)
      ? "needed"
      : initial === undefined
        ? ""
        : `\`${JSON.stringify(initial).replaceAll('"', "")}\``;
    return `| \`${prefix}${key}\` | ${typeText(child)} | ${fallback} | ${cell(child.description ?? "")} |`;
  });
  const intro = description === "" ? "" : `${description}\n\n`;
  return `### ${title}\n\n${intro}| key | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

function typeText(schema: JsonSchema): string {
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined) return [...new Set(branches.map((branch) => typeText(branch)))].join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(", ");
  if (schema.items !== undefined) return `list of ${typeText(schema.items)}`;
  if (typeof schema.additionalProperties === "object" && schema.properties === undefined) {
    return `names, each with ${typeText(schema.additionalProperties)}`;
  }
  const words: Readonly<Record<string, string>> = {
    string: "text",
    integer: "whole number",
    boolean: "`true`, `false`",
  };
  return words[schema.type ?? ""] ?? schema.type ?? "anything";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeJobFiles();
