import { stringify } from "yaml";

/** What `scoreframe init` has asked. */
export type JobFileAnswers = {
  readonly name: string;
  readonly source:
    | { readonly kind: "sql"; readonly tables: Readonly<Record<string, string>>; readonly sql: string }
    | { readonly kind: "rows"; readonly path: string };
  readonly backend:
    | { readonly kind: "local"; readonly model: string }
    | { readonly kind: "local"; readonly command: string }
    | {
        readonly kind: "http";
        readonly url: string;
        /** Environment variable that holds the bearer token. */
        readonly tokenVariable?: string;
      };
  readonly features?: readonly string[];
  readonly passthrough?: readonly string[];
  /** Default: `out/<name>`. */
  readonly outputPath?: string;
  readonly partitionBy?: readonly string[];
  /** Where an editor finds the JSON Schema: a path relative to the job file, or a URL. */
  readonly schema?: string;
};

/** A commented job file in YAML, ready to run. */
export function jobFileTemplate(answers: JobFileAnswers): string {
  const { name, schema, source, backend } = answers;
  const editor = schema === undefined ? "" : `# yaml-language-server: $schema=${schema}\n`;
  return [
    `${editor}# Try it: scoreframe check <this file>. Run it: scoreframe run <this file>.\n${entry("name", name)}`,
    section("Where the rows come from. Paths are relative to this file.", "source", sourceLines(source)),
    modelSection(answers),
    "# How rows are packed. A request holds at most batch_size rows; without it, as many as suit the backend.\n# requests:\n#   batch_size: 500\n",
    section("Where the model is.", "backend", backendLines(backend)),
    section(
      "The table that is written. A re-run of the same job gives the same table.",
      "output",
      outputLines(answers),
    ),
    section(
      "Nothing is published if more rows fail than this: a count, or a ratio such as 0.01.",
      "failure",
      "max_failed_rows: 0\n",
    ),
  ].join("\n");
}

const SQL_COMMENT =
  "# DuckDB's dialect. {{ name }} is filled by --set name=value; keep it in single quotes if it is text.\n";

function sourceLines(source: JobFileAnswers["source"]): string {
  if (source.kind === "rows") return `kind: rows\n${entry("path", source.path)}`;
  return `kind: sql\n${entry("tables", source.tables)}${SQL_COMMENT}${entry("sql", source.sql)}`;
}

function modelSection({ features, passthrough }: JobFileAnswers): string {
  const lines = [
    optional("features", features, "# features: [a, b] # columns that are sent; default: all but passthrough"),
    optional("passthrough", passthrough, "# passthrough: [id] # columns that are only kept for the output"),
    "# protocol: instances # default: the one that the backend prefers\n",
  ].join("");
  const comment = "What the model is given.";
  if (features !== undefined || passthrough !== undefined) return section(comment, "model", lines);
  // A key whose every child is a comment would be null.
  return `# ${comment}\n# model:\n${lines.replace(/^# /gm, "#   ")}`;
}

function backendLines(backend: JobFileAnswers["backend"]): string {
  if (backend.kind === "http") {
    const headers = backend.tokenVariable && { authorization: `Bearer \${${backend.tokenVariable}}` };
    const example = `# headers: { authorization: "Bearer \${TOKEN}" } # from the environment, never stored`;
    return `kind: http\n${entry("url", backend.url)}${optional("headers", headers, example)}`;
  }
  if ("model" in backend) return `kind: local\n${entry("model", backend.model)}`;
  return `kind: local\n# Started for the run; {port} is a free port.\n${entry("command", backend.command)}`;
}

function outputLines({ name, outputPath, partitionBy }: JobFileAnswers): string {
  return [
    entry("path", outputPath ?? `out/${name.replace(/[^\w.-]+/g, "-")}`),
    optional("partition_by", partitionBy, "# partition_by: [ds] # columns that become folders"),
    "# predictions: { probability: double } # a contract that is checked before publishing\n",
    "if_exists: overwrite_partitions\n",
  ].join("");
}

/** The key, or a comment that shows how it would be written. */
function optional(key: string, value: unknown, comment: string): string {
  return value === undefined || value === "" ? `${comment}\n` : entry(key, value);
}

function section(comment: string, key: string, lines: string): string {
  return `# ${comment}\n${key}:\n${lines.replace(/^(?=.)/gm, "  ")}`;
}

/** One key with its value, quoted as YAML needs it; lists are on the key's line. */
function entry(key: string, value: unknown): string {
  if (!Array.isArray(value)) return stringify({ [key]: value }, { lineWidth: 0 });
  return `${key}: ${stringify(value, { lineWidth: 0, collectionStyle: "flow", flowCollectionPadding: false })}`;
}
