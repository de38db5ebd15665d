import type { JobPath } from "../../domain/job-path.ts";
import { dotted, mapTexts } from "../../domain/job-path.ts";
import { nearest } from "../../util/nearest.ts";
import { valueClassAt } from "../schema/schema-lookup.ts";
import type { JobProblem } from "./job-problem.ts";
import { advanceShell, quoteForShell, SHELL_START } from "./shell-value.ts";
import { advanceSql, SQL_START } from "./sql-position.ts";
import { sqlValueProblem } from "./sql-value-problem.ts";

/** Known only when a run starts, so it may stay in a parsed job. */
const RUN_ID = "run_id";

/** `$${`, `${NAME}`, `{{ name }}`; or one of them that is not closed. */
const TEMPLATE = /(?<escaped>\$\$\{)|\$\{(?<env>[^{}]*)\}|\{\{(?<variable>[^{}]*)\}\}|(?<open>\$\{|\{\{)/g;

export type TemplateValues = {
  /** Values of `{{ name }}`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Values of `${NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

export type Filled = {
  /** Everything filled in. */
  readonly value: unknown;
  /** `{{ name }}` filled in, `${NAME}` as written: fit to be stored, and to be filled again. */
  readonly unexpanded: unknown;
  /** Variables without a value. */
  readonly missing: readonly JobProblem[];
  /** Templates that are misspelt, and values that may not be inserted at their place. */
  readonly problems: readonly JobProblem[];
};

type Piece = { readonly value: string; readonly unexpanded: string };

/** Fills the templates in every text of a job, in one pass: what a value contains is not filled again. */
export function fillTemplates(raw: unknown, values: TemplateValues, readTyped: (text: string) => unknown): Filled {
  const missing: JobProblem[] = [];
  const problems: JobProblem[] = [];
  const unexpanded = mapTexts(raw, (text, path) => fillText(text, path, values, missing, problems).unexpanded);
  const value = mapTexts(raw, (text, path) => {
    const filled = fillText(text, path, values, [], []).value;
    // `batch_size: ${ROWS}` is text in the file, and a number is meant.
    return filled !== text && valueClassAt(path, raw) === "typed" ? readTyped(filled) : filled;
  });
  return { value, unexpanded, missing, problems };
}

/** Names that the job uses as `{{ name }}`. */
export function templateNames(raw: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  mapTexts(raw, (text) => {
    for (const match of text.matchAll(TEMPLATE)) {
      const name = match.groups?.["variable"]?.trim();
      if (name !== undefined) names.add(name);
    }
    return text;
  });
  return names;
}

/** Whether the text, as written, takes something from the environment or escapes doing so. */
export function mentionsEnvironment(text: string): boolean {
  return text.includes("${");
}

function fillText(
  text: string,
  path: JobPath,
  values: TemplateValues,
  missing: JobProblem[],
  problems: JobProblem[],
): Piece {
  const place = placeAt(path);
  let value = "";
  let unexpanded = "";
  let end = 0;
  const append = (piece: Piece): void => {
    place.advance(piece.value);
    value += piece.value;
    unexpanded += piece.unexpanded;
  };
  for (const match of text.matchAll(TEMPLATE)) {
    const between = text.slice(end, match.index);
    append({ value: between, unexpanded: between });
    const piece = pieceFor(match, path, values, missing, problems);
    const isFilled = match.groups?.["escaped"] === undefined && piece.value !== match[0];
    const fitted = isFilled ? place.fit(piece, match[0]) : piece;
    if ("reason" in fitted) {
      problems.push({ path, at: "value", message: `the value of \`${match[0]}\` ${fitted.reason}` });
      append(piece);
    } else append(fitted);
    end = match.index + match[0].length;
  }
  append({ value: text.slice(end), unexpanded: text.slice(end) });
  return { value, unexpanded };
}

/** How a value is inserted at the current position of a text, or why it cannot be. */
type Place = {
  advance(text: string): void;
  fit(piece: Piece, written: string): Piece | { readonly reason: string };
};

function placeAt(path: JobPath): Place {
  switch (dotted(path)) {
    case "source.sql":
      return sqlPlace();
    case "backend.command":
      return shellPlace();
    default:
      return { advance: () => undefined, fit: (piece) => piece };
  }
}

function sqlPlace(): Place {
  let position = SQL_START;
  return {
    advance(text) {
      position = advanceSql(position, text);
    },
    fit(piece, written) {
      const reason = sqlValueProblem(position, piece.value);
      if (reason === null) return piece;
      const bound = `source.parameters: { value: "${written}" }`;
      return { reason: `${reason}; it is not put into the query. Bind it instead: ${bound}, and $value in the SQL` };
    },
  };
}

function shellPlace(): Place {
  let position = SHELL_START;
  return {
    advance(text) {
      position = advanceShell(position, text);
    },
    fit(piece, written) {
      const quoted = quoteForShell(position, piece.value);
      if (quoted === null) {
        const variable = `backend.env: { VALUE: "${written}" }`;
        return {
          reason: `has characters that the shell would read as its own; it is not put into the command. Give it as ${variable}, and write "$VALUE" in the command`,
        };
      }
      const isFromEnvironment = piece.unexpanded === written;
      return { value: quoted, unexpanded: isFromEnvironment ? written : quoted.replaceAll("${", () => "$${") };
    },
  };
}

function pieceFor(
  match: RegExpExecArray,
  path: JobPath,
  values: TemplateValues,
  missing: JobProblem[],
  problems: JobProblem[],
): Piece {
  const written = match[0];
  const { escaped, env, variable } = match.groups ?? {};
  if (escaped !== undefined) return { value: "${", unexpanded: escaped };
  const name = (env ?? variable)?.trim();
  const kept: Piece = { value: written, unexpanded: written };
  if (name === undefined || !/^[A-Za-z_][\w.-]*$/.test(name) || (env !== undefined && !/^\w+$/.test(env))) {
    problems.push({ path, at: "value", message: misspelt(written, name) });
    return kept;
  }
  if (env !== undefined) {
    const found = Object.hasOwn(values.env, name) ? values.env[name] : undefined;
    if (found !== undefined) return { value: found, unexpanded: written };
    missing.push({ path, at: "value", message: missingEnvironment(name) });
    return kept;
  }
  const found = Object.hasOwn(values.variables, name) ? values.variables[name] : undefined;
  if (found === undefined) {
    if (name !== RUN_ID) missing.push({ path, at: "value", message: missingVariable(name, values.variables) });
    return kept;
  }
  // The stored form is filled once more when a run is taken up again.
  return { value: found, unexpanded: found.replaceAll("${", () => "$${") };
}

function misspelt(written: string, name: string | undefined): string {
  if (written.startsWith("$")) {
    const what =
      name === undefined ? "`${` is not closed" : `\`${written}\` is not the name of an environment variable`;
    return `${what}; write \`\${NAME}\`, or \`$\${\` for the text \`\${\``;
  }
  const what = name === undefined ? "`{{` is not closed" : `\`${written}\` is not a variable`;
  return `${what}; write \`{{ name }}\` with only a name, or \`{ {\` for two braces`;
}

function missingEnvironment(name: string): string {
  return `the environment variable ${name} is not set; set it, or write \`$\${${name}}\` for that text`;
}

function missingVariable(name: string, given: Readonly<Record<string, string>>): string {
  const example = name === "ds" ? "2024-05-01" : "…";
  const near = nearest(name, Object.keys(given));
  const hint = near === undefined ? "" : ` (${near} was given)`;
  return `\`{{ ${name} }}\` has no value${hint}; give it with --set ${name}=${example}`;
}

/** Why a variable cannot have the value, or null. A value must not contain templates: the stored form of the job would fill them. */
export function variableProblem(value: unknown): string | null {
  if (value === null || !["string", "number", "boolean"].includes(typeof value)) return "expected a string";
  return /\{\{|\}\}/.test(String(value)) ? "the value must not contain `{{` or `}}`" : null;
}
