import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { isRecord } from "../../domain/job-path.ts";
import { commonjsHint } from "../../errors/commonjs-hint.ts";
import type { ErrorFacts } from "../../errors/scoreframe-error.ts";
import { messageOf, ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Job } from "../schema/job.ts";
import type { ListFolder } from "./near-job-file.ts";
import { jobFilesIn, nearJobFile } from "./near-job-file.ts";
import type { ParseJobOptions } from "./parse-job.ts";
import { parseJob } from "./parse-job.ts";
import type { JobText } from "./read-job-text.ts";
import { readJobText } from "./read-job-text.ts";

export type LoadJobOptions = Omit<ParseJobOptions, "origin"> & {
  /** Reads a whole file as UTF-8; rejects with the system's error, as `readFile` of `node:fs/promises` does. */
  readonly readText: (path: string) => Promise<string>;
  /** The names in a folder, for suggestions; rejects if there is no such folder. */
  readonly listFolder: ListFolder;
  /** Folder that a relative `path` is relative to. */
  readonly workingDirectory?: string;
};

export type LoadedJob = {
  readonly job: Job;
  /** Absolute path of the job file. */
  readonly path: string;
  /** Absolute path of its folder: relative paths in the job are relative to it. */
  readonly baseDirectory: string;
};

const TEXT_FORMATS: Readonly<Record<string, "yaml" | "json">> = { ".yaml": "yaml", ".yml": "yaml", ".json": "json" };
const MODULE_ENDINGS: ReadonlySet<string> = new Set([".ts", ".mts", ".js", ".mjs"]);

/** Reads and parses a job file: YAML, JSON, or a module whose default export is a job. Throws JOB_FILE_NOT_FOUND, JOB_FILE_UNREADABLE. */
export async function loadJobFile(path: string, options: LoadJobOptions): Promise<LoadedJob> {
  const absolute = resolve(options.workingDirectory ?? "", path);
  const text = await options.readText(absolute).catch(async (error: unknown) => {
    const list: ListFolder = (folder) => options.listFolder(resolve(options.workingDirectory ?? "", folder));
    throw await cannotRead(path, error, list);
  });
  const { value, origin } = await readJob(absolute, text, path, options.readText);
  return { job: parseJob(value, { ...options, origin }), path: absolute, baseDirectory: dirname(absolute) };
}

async function readJob(
  absolute: string,
  text: string,
  path: string,
  readText: LoadJobOptions["readText"],
): Promise<JobText> {
  const ending = extname(absolute).toLowerCase();
  const format = TEXT_FORMATS[ending];
  if (format !== undefined) return readJobText(text, format, path);
  const label = `the job file ${path}`;
  if (MODULE_ENDINGS.has(ending))
    return { value: await importJob(absolute, path, readText), origin: { label, locate: () => undefined } };
  throw new ScoreframeError(
    "JOB_FILE_UNREADABLE",
    `The job file ${path} has no extension that shows its format. Name it .yaml, .yml, .json, .ts, .mts, .js or .mjs.`,
    { operation: "read the job" },
  );
}

async function importJob(absolute: string, path: string, readText: LoadJobOptions["readText"]): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(absolute).href).catch(async (error: unknown) => {
    const hint = await commonjsHint(error, absolute, readText);
    const message = `The job file ${path} cannot be imported: ${messageOf(error)}${hint ?? ""}`;
    throw new ScoreframeError("JOB_FILE_UNREADABLE", message, { operation: "read the job", cause: error });
  });
  const job = typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
  if (isRecord(job)) return job;
  const message = `The job file ${path} has no job as its default export. Write: export default defineJob({ … })`;
  throw new ScoreframeError("JOB_FILE_UNREADABLE", message, { operation: "read the job" });
}

async function cannotRead(path: string, error: unknown, list: ListFolder): Promise<ScoreframeError> {
  const code = error instanceof Error && "code" in error ? error.code : null;
  const facts = { operation: "read the job", cause: error };
  if (code === "EISDIR") return isFolder(path, list, facts);
  if (code !== "ENOENT") {
    return new ScoreframeError(
      "JOB_FILE_UNREADABLE",
      `The job file ${path} cannot be read: ${messageOf(error)}.`,
      facts,
    );
  }
  const near = await nearJobFile(path, list);
  const advice =
    near === null ? `\`scoreframe init ${path}\` writes one, or correct the path.` : `Did you mean ${near}?`;
  const details = near === null ? {} : { details: { nearest: near } };
  return new ScoreframeError("JOB_FILE_NOT_FOUND", `There is no job file ${path}. ${advice}`, { ...facts, ...details });
}

async function isFolder(path: string, list: ListFolder, facts: ErrorFacts): Promise<ScoreframeError> {
  const [inside] = await jobFilesIn(path, list);
  const beside = inside === undefined ? await nearJobFile(path, list) : null;
  const example = inside === undefined ? "" : `, such as ${join(path, inside)}`;
  const advice = beside === null ? `name the job file in it${example}.` : `did you mean ${beside}?`;
  const message = `The job file ${path} cannot be read: it is a folder; ${advice}`;
  return new ScoreframeError("JOB_FILE_UNREADABLE", message, facts);
}
