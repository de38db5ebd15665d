// The TypeScript types of a job as it is written, with a comment on every key: made from the schemas, as the reference pages are.

import { spawnSync } from "node:child_process";
import process from "node:process";
import type { JsonSchema } from "../src/core/job/schema/job-json-schema.ts";
import { jobJsonSchema } from "../src/core/job/schema/job-json-schema.ts";
import type { BackendPlugin } from "../src/core/ports/scoring-backend.ts";
import type { GeneratedFile } from "./generate-job-schema.ts";
import { programPath, root } from "./lib/toolchain.mjs";

const JOB_INPUT_PATH = "src/core/job/schema/job-input.ts";
const BACKEND_INPUTS_PATH = "src/composition/backend-inputs.ts";

/** Characters of a comment's line, its indentation not counted. */
const COMMENT_WIDTH = 110;

/** The types of a job, without the options of any backend, and those options. */
export function generateJobTypes(plugins: readonly BackendPlugin[]): readonly GeneratedFile[] {
  return [
    { path: JOB_INPUT_PATH, text: formatted(JOB_INPUT_PATH, jobInput()) },
    { path: BACKEND_INPUTS_PATH, text: formatted(BACKEND_INPUTS_PATH, backendInputs(plugins)) },
  ];
}

function jobInput(): string {
  const schema = jobJsonSchema();
  return `// Made by \`npm run generate\` from src/core/job/job-schema.ts.

/** A JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A backend that is not known here: its options are its own. */
export type AnyBackendInput = { readonly kind: string; readonly [option: string]: unknown };

/** A source that is not known here: its options are its own. */
export type AnySourceInput = { readonly kind: string; readonly [option: string]: unknown };

/** The \`source\` of a job, of the kinds that the package has. */
export type BuiltinSourceInput = ${typeOf(schema.properties?.["source"] ?? {})};

/** A job as it is written: what has a default may be left out. Keys are those of the job file. */
export type JobInput<Backend = AnyBackendInput, Source = BuiltinSourceInput> = ${objectType(schema, { backend: "Backend", source: "Source" })};
`;
}

function backendInputs(plugins: readonly BackendPlugin[]): string {
  const members = plugins.map(
    ({ id, optionsSchema }) =>
      `/** Options of \`backend: { kind: "${id}" }\`. */ readonly ${id}: ${objectType(optionsSchema?.() ?? {})};`,
  );
  return `// Made by \`npm run generate\` from the backends' options (src/backends/*/*-options-schema.ts).

/** The options of each backend that comes with the package, by its \`kind\`. */
export type BackendOptionsByKind = { ${members.join("\n\n")} };
`;
}

function objectType(schema: JsonSchema, replaced: Readonly<Record<string, string>> = {}): string {
  const required = new Set(schema.required ?? []);
  const members = Object.entries(schema.properties ?? {}).map(([key, child]) => {
    const type = replaced[key] ?? typeOf(child);
    const member = required.has(key) ? `readonly ${key}: ${type};` : `readonly ${key}?: ${type} | undefined;`;
    return `${comment(child)}${member}`;
  });
  return `{\n${members.join("\n")}\n}`;
}

function typeOf(schema: JsonSchema & { readonly $ref?: string }): string {
  if (schema.$ref !== undefined) return "JsonValue";
  const branches = schema.oneOf ?? schema.anyOf;
  if (branches !== undefined) return branches.map((branch) => typeOf(branch)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.items !== undefined) return `readonly (${typeOf(schema.items)})[]`;
  if (schema.properties !== undefined) return objectType(schema);
  if (typeof schema.additionalProperties === "object") {
    return `{ readonly [name: string]: ${typeOf(schema.additionalProperties)} }`;
  }
  if (schema.type === "integer") return "number";
  if (schema.type === undefined || !["string", "number", "boolean", "null"].includes(schema.type)) {
    throw new Error(`No TypeScript type is known for ${JSON.stringify(schema)}: add it to ${import.meta.filename}.`);
  }
  return schema.type;
}

function comment(schema: JsonSchema): string {
  const words = (schema.description ?? "").replace(/\[([^\]]+)\]\([^)]+\)/g, "$1").split(" ");
  const lines = [""];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > COMMENT_WIDTH) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  // A section's default is that of its keys.
  if (schema.default !== undefined && schema.properties === undefined)
    lines.push(`@default ${JSON.stringify(schema.default)}`);
  return lines.length === 1 ? `/** ${lines[0]} */\n` : `/**\n${lines.map((line) => ` * ${line}`).join("\n")}\n */\n`;
}

function formatted(path: string, text: string): string {
  const args = [programPath("biome"), "format", `--stdin-file-path=${path}`];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, input: text, encoding: "utf8" });
  if (status !== 0) throw new Error(`${path} cannot be formatted: ${stderr}`);
  return stdout;
}
