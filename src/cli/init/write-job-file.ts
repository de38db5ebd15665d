import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { dirname, extname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { JobFileAnswers } from "../../core/job/read/job-file-template.ts";
import { jobFileTemplate } from "../../core/job/read/job-file-template.ts";
import { makeFolder } from "../../core/util/make-folder.ts";
import type { CliContext } from "../cli-context.ts";

/** Writes the job file and returns its absolute path. Throws USAGE if the file exists already, or its name is not one of YAML. */
export async function writeJobFile(
  path: string,
  answers: JobFileAnswers,
  { force, context }: { readonly force: boolean; readonly context: CliContext },
): Promise<string> {
  if (![".yaml", ".yml"].includes(extname(path).toLowerCase())) {
    throw new ScoreframeError(
      "USAGE",
      `The job file is written as YAML, so its name must end in .yaml or .yml: ${path}.`,
    );
  }
  const absolute = resolve(context.workingDirectory, path);
  const schema = editorSchema(dirname(absolute));
  const text = jobFileTemplate(schema === null ? answers : { ...answers, schema });
  try {
    await makeFolder(dirname(absolute));
    // `wx` fails if the file exists, so an existing file is never overwritten.
    await writeFile(absolute, text, { flag: force ? "w" : "wx" });
  } catch (thrown) {
    throw cannotWrite(path, thrown);
  }
  return absolute;
}

/** The path of job.schema.json for editors, if it is the same on other machines: in node_modules or in a checkout above. */
function editorSchema(folder: string): string | null {
  const schema = fileURLToPath(new URL("../../../job.schema.json", import.meta.url));
  const path = relative(folder, schema).split(sep).join("/");
  const isPortable = /^(?:\.\.\/)*(?:node_modules\/scoreframe\/)?job\.schema\.json$/.test(path);
  return isPortable && existsSync(schema) ? path : null;
}

function cannotWrite(path: string, thrown: unknown): ScoreframeError {
  const exists = thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST";
  if (exists)
    return new ScoreframeError("USAGE", `${path} exists already. Choose another name, or overwrite it with --force.`);
  return new ScoreframeError(
    "USAGE",
    `${path} cannot be written: ${messageOf(thrown)}. Choose a place that you may write to.`,
    {
      cause: thrown,
    },
  );
}
