import { basename, extname } from "node:path";
import { createInterface } from "node:readline/promises";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { CliContext } from "../cli-context.ts";
import { parseList } from "../options/parse-list.ts";
import type { InitOptions } from "./flag-answers.ts";
import { namesModel, namesRows } from "./flag-answers.ts";

/** Asks one question. An empty answer means `fallback`; without a fallback the question is asked again. */
type Ask = (question: string, fallback?: string) => Promise<string>;

/** Asks on the terminal for the options that a job needs and the command line does not have. Throws USAGE if the terminal closes first. */
export async function askOptions(
  path: string,
  options: InitOptions,
  context: CliContext,
): Promise<Partial<InitOptions>> {
  const [asksRows, asksModel] = [!namesRows(options), !namesModel(options)];
  if (!asksRows && !asksModel) return {};
  const terminal = openTerminal(context);
  try {
    const name = await askName(terminal.ask, path, options);
    const rows = asksRows ? await askRows(terminal.ask) : {};
    const model = asksModel ? await askModel(terminal.ask) : {};
    return { name, ...rows, ...model, ...(await askRest(terminal.ask, name, options)) };
  } finally {
    terminal.close();
  }
}

function openTerminal({ stdin, stderr, signal }: CliContext): { readonly ask: Ask; close(): void } {
  // On stderr, so that stdout has only what was asked for.
  const lines = createInterface({ input: stdin, output: stderr });
  const ended = new Promise<never>((_resolve, reject) => {
    const close = (): void => {
      stderr.write("\n");
      reject(new ScoreframeError("USAGE", "Not all questions were answered, so nothing was written."));
    };
    lines.once("close", close);
    lines.once("SIGINT", close);
  });
  ended.catch(() => undefined);
  const ask: Ask = async (question, fallback) => {
    const hint = fallback === undefined || fallback === "" ? "" : ` (${fallback})`;
    const answer = (await Promise.race([lines.question(`${question}${hint}: `, { signal }), ended])).trim();
    if (answer === "" && fallback === undefined) return ask(question);
    return answer === "" ? (fallback ?? "") : answer;
  };
  const close = (): void => {
    lines.removeAllListeners("close");
    lines.close();
  };
  return { ask, close };
}

async function askName(ask: Ask, path: string, { name }: InitOptions): Promise<string> {
  return name ?? ask("Name of the job", basename(path, extname(path)));
}

async function askRows(ask: Ask): Promise<Partial<InitOptions>> {
  const file = await ask("File with the rows, such as data/flights.parquet");
  const sql = await ask("Query over it, which calls it rows (empty: all rows as they are)", "");
  return sql === "" ? { rows: file } : { table: [`rows=${file}`], sql };
}

async function askModel(ask: Ask): Promise<Partial<InitOptions>> {
  const text = await ask("Model: a .ts, .js or .onnx file, the URL of a server, or a command with {port}");
  if (/^https?:\/\//i.test(text)) return { url: text };
  return text.includes("{port}") ? { command: text } : { model: text };
}

async function askRest(ask: Ask, name: string, options: InitOptions): Promise<Partial<InitOptions>> {
  const features =
    options.features === undefined ? await ask("Columns that are sent to the model (empty: all)", "") : "";
  const output = options.output ?? (await ask("Folder of the table that is written", `out/${name}`));
  return { output, ...(features === "" ? {} : { features: parseList(features) }) };
}
