import { basename, dirname, extname, isAbsolute, relative, resolve, sep } from "node:path";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { JobFileAnswers } from "../../core/job/read/job-file-template.ts";
import type { CliContext } from "../cli-context.ts";
import type { OutputOptions } from "../options/shared-options.ts";

export type InitOptions = OutputOptions & {
  readonly name?: string;
  readonly rows?: string;
  readonly table: readonly string[];
  readonly sql?: string;
  readonly model?: string;
  readonly command?: string;
  readonly url?: string;
  readonly tokenVariable?: string;
  readonly features?: readonly string[];
  readonly passthrough?: readonly string[];
  readonly output?: string;
  readonly partitionBy?: readonly string[];
  readonly force?: boolean;
};

export function namesRows({ rows, table, sql }: InitOptions): boolean {
  return rows !== undefined || sql !== undefined || table.length > 0;
}

export function namesModel({ model, command, url }: InitOptions): boolean {
  return [model, command, url].some((option) => option !== undefined);
}

/** The job that the options describe. Throws USAGE if the rows or the model are missing, or given twice. */
export function flagAnswers(
  jobPath: string,
  options: InitOptions,
  { workingDirectory }: Pick<CliContext, "workingDirectory">,
): JobFileAnswers {
  const fromJob = pathsFrom(jobPath, workingDirectory);
  const { features, passthrough, output, partitionBy } = options;
  return {
    name: options.name ?? basename(jobPath, extname(jobPath)),
    source: sourceOf(options, fromJob),
    backend: backendOf(options, fromJob),
    ...(features === undefined ? {} : { features }),
    ...(passthrough === undefined ? {} : { passthrough }),
    ...(output === undefined ? {} : { outputPath: fromJob(output) }),
    ...(partitionBy === undefined ? {} : { partitionBy }),
  };
}

/** Paths on the command line are relative to the working directory, paths in a job to its file. */
function pathsFrom(jobPath: string, workingDirectory: string): (path: string) => string {
  const folder = dirname(resolve(workingDirectory, jobPath));
  return (path) => {
    if (isAbsolute(path) || /^[a-z][\w+.-]*:\/\//i.test(path)) return path;
    return relative(folder, resolve(workingDirectory, path)).split(sep).join("/") || ".";
  };
}

function sourceOf({ rows, table, sql }: InitOptions, fromJob: (path: string) => string): JobFileAnswers["source"] {
  if (rows !== undefined) {
    if (sql !== undefined || table.length > 0)
      throw usage("--rows means all rows of a file; leave out --sql and --table.");
    return { kind: "rows", path: fromJob(rows) };
  }
  const tables = Object.fromEntries(table.map((text) => namedTable(text, fromJob)));
  const [first] = Object.keys(tables);
  const query = sql ?? (first === undefined ? undefined : `select * from ${quoted(first)}`);
  if (query === undefined)
    throw usage("Say where the rows come from: --rows <file>, or --table <name=path> with --sql <query>.");
  return { kind: "sql", tables, sql: query };
}

function namedTable(text: string, fromJob: (path: string) => string): readonly [string, string] {
  const equals = text.indexOf("=");
  if (equals <= 0 || equals === text.length - 1)
    throw usage("--table takes name=path, as in --table flights=data/flights.parquet.");
  return [text.slice(0, equals).trim(), fromJob(text.slice(equals + 1))];
}

function quoted(name: string): string {
  return /^[a-z_]\w*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function backendOf(
  { model, command, url, tokenVariable }: InitOptions,
  fromJob: (path: string) => string,
): JobFileAnswers["backend"] {
  const given = [model, command, url].filter((option) => option !== undefined);
  if (given.length !== 1)
    throw usage("Say where the model is, with one of --model <file>, --command <command>, --url <url>.");
  if (tokenVariable !== undefined && url === undefined) throw usage("--token-variable belongs to --url.");
  if (model !== undefined) return { kind: "local", model: fromJob(model) };
  if (command !== undefined) return { kind: "local", command };
  return { kind: "http", url: url ?? "", ...(tokenVariable === undefined ? {} : { tokenVariable }) };
}

function usage(message: string): ScoreframeError {
  return new ScoreframeError("USAGE", message);
}
