import type { JobPath } from "../domain/job-path.ts";
import { dotted, isRecord, mapTexts } from "../domain/job-path.ts";
import { isSecretKey, isSecretVariable } from "./secret-keys.ts";
import { urlSecrets } from "./url-secrets.ts";

/** Headers that say how to talk, not who one is. */
const PUBLIC_HEADERS: ReadonlySet<string> = new Set([
  "content-type",
  "accept",
  "user-agent",
  "accept-language",
  "host",
]);

/** `${NAME}`, and not `$${NAME}`. */
const ENVIRONMENT = /(?<!\$)\$\{(\w+)\}/g;

/** `--api-key abc` and `--token=abc`; `TOKEN=abc serve`; `-H 'x-api-key: abc'`. The first group is a name, the second its value. */
const ARGUMENTS = [
  /--?([A-Za-z][\w-]*)(?:=|\s+)(?!-)("[^"]*"|'[^']*'|[^\s"']+)/g,
  /\b([A-Za-z_]\w*)=("[^"]*"|'[^']*'|[^\s"']+)/g,
  /\b([A-Za-z][\w-]*):\s*([^\s"'/][^"'\n]*)/g,
];

export type SecretSources = {
  /** The parts of the filled job whose options are a plug-in's. */
  readonly plugins: readonly unknown[];
  /** The job with every template filled in. */
  readonly filled: unknown;
  /** The job as it was written. */
  readonly written: unknown;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values of `{{ name }}` and `--set`. */
  readonly variables: Readonly<Record<string, string>>;
};

/** `named`: those that are secrets by the name of their variable, and so wherever they are; others may be a part of a path, too. */
export type JobSecrets = { readonly all: readonly string[]; readonly named: readonly string[] };

/**
 * The values of a job that must not be shown: by their place (headers, environment and secret keys of the backend, users and queries of
 * addresses, arguments of a command), by their name (`--set token=…`, `${API_KEY}`), and what the environment puts into SQL and commands.
 */
export function jobSecrets({ plugins, filled, written, env, variables }: SecretSources): JobSecrets {
  const found = new Set<string>();
  const named = new Set<string>();
  for (const secret of plugins.flatMap(backendSecrets)) found.add(secret);
  mapTexts(filled, (text) => {
    for (const secret of urlSecrets(text)) found.add(secret);
    return text;
  });
  mapTexts(written, (text, path) => {
    for (const [, name = ""] of text.matchAll(ENVIRONMENT)) {
      if (isSecretVariable(name)) named.add(env[name] ?? "");
      else if (holdsValues(path)) found.add(env[name] ?? "");
    }
    return text;
  });
  for (const [name, value] of Object.entries(variables)) {
    if (isSecretVariable(name.split(".").at(-1) ?? name)) named.add(String(value));
  }
  return { all: [...found, ...named], named: [...named] };
}

export function joinSecrets(...parts: readonly (JobSecrets | undefined)[]): JobSecrets {
  return {
    all: parts.flatMap((part) => part?.all ?? []),
    named: parts.flatMap((part) => part?.named ?? []),
  };
}

/** The secrets among the options of a backend, or of another plug-in. */
export function backendSecrets(backend: unknown): readonly string[] {
  const found: string[] = [];
  const visit = (value: unknown, path: JobPath, isSecret: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, path, isSecret);
    else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value))
        visit(item, [...path, key], isSecret || holdsSecret([...path, key]));
    } else if (isSecret && (typeof value === "string" || typeof value === "number")) found.push(String(value));
    else if (typeof value === "string")
      found.push(...urlSecrets(value), ...(dotted(path) === "command" ? argumentSecrets(value) : []));
  };
  visit(backend, [], false);
  return found;
}

function holdsSecret(path: JobPath): boolean {
  const [container, name] = path;
  if (path.length === 2 && container === "headers") return !PUBLIC_HEADERS.has(String(name).toLowerCase());
  return (path.length === 2 && container === "env") || isSecretKey(String(path.at(-1)));
}

/** Places whose text comes back in messages that others write: DuckDB's, a shell's. */
function holdsValues(path: JobPath): boolean {
  const place = dotted(path);
  return place === "source.sql" || place === "backend.command" || place.startsWith("source.parameters.");
}

/** Values of a command's arguments and variables that are secrets by their name. */
function argumentSecrets(command: string): string[] {
  return ARGUMENTS.flatMap((pattern) => [...command.matchAll(pattern)])
    .filter(([, name = ""]) => isSecretVariable(name))
    .map(([, , value = ""]) => value.replace(/^(["'])(.*)\1$/, "$2"));
}

/** A command whose secret arguments are `***`; parts that `keep` stay. */
export function hideArguments(command: string, keep: (part: string) => boolean): string {
  const hide = (whole: string, name: string, value: string): string =>
    isSecretVariable(name) && !keep(value) ? `${whole.slice(0, -value.length)}***` : whole;
  return ARGUMENTS.reduce((text, pattern) => text.replaceAll(pattern, hide), command);
}
