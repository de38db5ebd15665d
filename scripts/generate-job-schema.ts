// The published JSON Schema of the job file and its reference page, both made from the one schema in src/core/job/job-schema.ts.

import { readFileSync } from "node:fs";
import type { JsonSchema } from "../src/core/job/schema/job-json-schema.ts";
import { jobJsonSchema } from "../src/core/job/schema/job-json-schema.ts";
import type { BackendPlugin } from "../src/core/ports/scoring-backend.ts";
import { keyTable } from "./lib/schema-table.ts";

/** A file that is made from the sources; `path` is relative to the repository. */
export type GeneratedFile = { readonly path: string; readonly text: string };

/** A variable in a value that is not text: `batch_size: ${ROWS}`. */
const TEMPLATE_PATTERN = "\\$\\{\\w+\\}|\\{\\{ *[\\w.-]+ *\\}\\}";

/** What job.schema.json, with the options of these backends, and docs/reference/job-file.md should hold. */
export function generateJobFiles(plugins: readonly BackendPlugin[]): readonly GeneratedFile[] {
  const template = readFileSync(new URL("job-file.template.md", import.meta.url), "utf8");
  const note =
    "<!-- Made by `npm run generate` from scripts/job-file.template.md and src/core/job/job-schema.ts. -->\n\n";
  return [
    { path: "job.schema.json", text: `${JSON.stringify(publishedSchema(plugins), null, 2)}\n` },
    { path: "docs/reference/job-file.md", text: note + template.replace("<!-- keys -->\n", () => keyTables()) },
  ];
}

function publishedSchema(plugins: readonly BackendPlugin[]): unknown {
  const { $schema, properties, ...rest } = jobJsonSchema() as JsonSchema & { $schema?: string };
  const { backend, ...others } = allowTemplates(properties) as Record<string, JsonSchema>;
  return {
    $schema,
    title: "scoreframe job",
    description: "Which rows are scored, by which model, and where the predictions go.",
    ...(allowTemplates(rest) as object),
    properties: {
      ...others,
      source: sourceSchema(others["source"] ?? {}),
      backend: backendSchema(backend ?? {}, plugins),
    },
  };
}

type TitledSchema = JsonSchema & { readonly title: string };

/** A kind that is not known here may have any options: it is registered by a program, or comes from another package. */
function sourceSchema(known: JsonSchema): JsonSchema {
  const { oneOf = [], ...rest } = known;
  const kinds = oneOf.map(({ properties }) => String(properties?.["kind"]?.const));
  return { ...rest, oneOf: [...oneOf, anotherKind("source", kinds, {})] };
}

function anotherKind(what: string, known: readonly string[], kind: JsonSchema): TitledSchema {
  const schema = { type: "string", ...kind, pattern: `^(?!(${known.join("|")})$)` };
  return { title: `another ${what}`, type: "object", properties: { kind: schema }, required: ["kind"] };
}

/** The options follow the kind. A kind that is not known here may have any: it is registered by a program, or comes from another package. */
function backendSchema(loose: JsonSchema, plugins: readonly BackendPlugin[]): JsonSchema {
  const { description, properties } = loose;
  const kind = properties?.["kind"] ?? {};
  const ids = plugins.map(({ id }) => id);
  const known = plugins.map(({ id, optionsSchema }) => {
    const { properties, required = [], ...rest } = allowTexts(optionsSchema?.() ?? {}) as JsonSchema;
    return {
      title: `backend ${id}`,
      ...rest,
      properties: { kind: { ...kind, const: id }, ...properties },
      required: ["kind", ...required],
    };
  });
  const other = anotherKind("backend", ids, kind);
  return { ...(description === undefined ? {} : { description }), oneOf: [...known, other] };
}

/** A text that must match a pattern may be written as a variable; a number of a backend may not, it would stay text. */
function allowTexts(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map((item) => allowTexts(item));
  if (typeof schema !== "object" || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, allowTexts(value)]));
  const pattern = copy["pattern"];
  return typeof pattern === "string" ? { ...copy, pattern: `${pattern}|${TEMPLATE_PATTERN}` } : copy;
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
  return sections.map((section) => sectionText(section)).join("\n");
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

function sectionText({ title, description, prefix, schema }: Section): string {
  const intro = description === "" ? "" : `${description}\n\n`;
  return `### ${title}\n\n${intro}${keyTable(schema, { heading: "key", prefix })}`;
}
