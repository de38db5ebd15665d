import { basename, extname } from "node:path";
import { createInterface } from "node:readline/promises";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { JobFileAnswers } from "../../core/job/job-file-template.ts";
import type { CliContext } from "../cli-context.ts";
import { parseList } from "../parse-list.ts";
import type { InitOptions } from "./flag-answers.ts";
import { flagAnswers } from "./flag-answers.ts";

/** Asks one question; an empty answer takes `fallback`, and without one the question comes again. */
type Ask = (question: string, fallback?: string) => Promise<string>;

/** Asks on the terminal for what makes a job. Throws USAGE where the terminal closes before all is answered. */
export async function askAnswers(path: string, options: InitOptions, context: CliContext): Promise<JobFileAnswers> {
  const { stdin, stderr, signal } = context;
  const lines = createInterface({ input: stdin, output: stderr });
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (): void =>
      reject(new ScoreframeError("USAGE", "The questions were not all answered, so that nothing was written."));
    lines.once("close", end);
    lines.once("SIGINT", end);
  });
  ended.catch(() => undefined);
  const ask: Ask = async (question, fallback) => {
    const hint = fallback === undefined || fallback === "" ? "" : ` (${fallback})`;
    const answer = (await Promise.race([lines.question(`${question}${hint}: `, { signal }), ended])).trim();
    if (answer === "" && fallback === undefined) return ask(question);
    return answer === "" ? (fallback ?? "") : answer;
  };
  try {
    return flagAnswers(path, { ...options, ...(await askOptions(ask, path, options)) }, context);
  } finally {
    lines.close();
  }
}

async function askOptions(ask: Ask, path: string, options: InitOptions): Promise<Partial<InitOptions>> {
  const name = options.name ?? (await ask("Name of the job", basename(path, extname(path))));
  const table = await ask("File with the rows, such as data/flights.parquet");
  const query = await ask("Query over them, with the table named rows (empty: all rows as they are)", "");
  const model = await ask("Model: a .ts, .js or .onnx file, the URL of a server, or a command with {port}");
  const features = options.features ?? asList(await ask("Columns that are sent to the model (empty: all)", ""));
  const output = options.output ?? (await ask("Folder of the table that is written", `out/${name}`));
  return {
    name,
    ...(query === "" ? { rows: table } : { table: [`rows=${table}`], sql: query }),
    ...modelOption(model),
    ...(features === undefined ? {} : { features }),
    output,
  };
}

function asList(text: string): readonly string[] | undefined {
  return text === "" ? undefined : parseList(text);
}

function modelOption(text: string): Pick<InitOptions, "url" | "command" | "model"> {
  if (/^https?:\/\//i.test(text)) return { url: text };
  return text.includes("{port}") ? { command: text } : { model: text };
}
