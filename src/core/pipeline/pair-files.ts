import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { messageOf, ScoreframeError } from "../errors/scoreframe-error.ts";

const ANSWER_SUFFIX = ".out";
/** Most names that a message lists. */
const NAMED = 5;

/** A request file and its answer file, as absolute paths. */
export type FilePair = { readonly requests: string; readonly responses: string };

/**
 * Pairs the files of two folders, which may be the same, by their names: `a.jsonl` with `a.jsonl.out`. In natural order of the names
 * (`part-2` before `part-10`); hidden files and folders are passed over. Throws `TABLE_NOT_FOUND` for a folder that is missing or empty,
 * `LINE_COUNT_MISMATCH` for a file without its other half.
 */
export async function pairFiles(requests: string, responses: string): Promise<FilePair[]> {
  const [inRequests, inResponses] = [await listFiles(requests, "requests"), await listFiles(responses, "responses")];
  const shared = requests === responses;
  const requestNames = shared ? inRequests.filter((name) => !name.endsWith(ANSWER_SUFFIX)) : inRequests;
  const answerNames = new Set(shared ? inResponses.filter((name) => name.endsWith(ANSWER_SUFFIX)) : inResponses);
  if (requestNames.length === 0) {
    throw new ScoreframeError(
      "TABLE_NOT_FOUND",
      `The folder of requests ${requests} holds no files. Give the folder with the request files.`,
    );
  }
  const expected = new Set(requestNames.map((name) => `${name}${ANSWER_SUFFIX}`));
  const missing = [...expected].filter((name) => !answerNames.has(name));
  const surplus = [...answerNames].filter((name) => !expected.has(name));
  if (missing.length + surplus.length > 0) throw unpaired(requestNames.length, answerNames.size, missing, surplus);
  return requestNames.map((name) => ({
    requests: join(requests, name),
    responses: join(responses, `${name}${ANSWER_SUFFIX}`),
  }));
}

async function listFiles(folder: string, role: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((thrown: unknown) => {
    const missing = (thrown as NodeJS.ErrnoException).code === "ENOENT";
    throw new ScoreframeError(
      missing ? "TABLE_NOT_FOUND" : "TABLE_UNREADABLE",
      `The folder of ${role} ${folder} ${missing ? "does not exist" : `cannot be read: ${messageOf(thrown)}`}. Give the folder that holds them.`,
      { operation: "stitch", cause: thrown },
    );
  });
  const order = new Intl.Collator("en", { numeric: true });
  return entries
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."))
    .map(({ name }) => name)
    .sort((a, b) => order.compare(a, b) || (a < b ? -1 : 1));
}

function unpaired(requests: number, answers: number, missing: string[], surplus: string[]): ScoreframeError {
  const parts = [
    ...(missing.length > 0 ? [`missing: ${list(missing)}`] : []),
    ...(surplus.length > 0 ? [`without a request file: ${list(surplus)}`] : []),
  ];
  return new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `There are ${requests} request files and ${answers} answer files; ${parts.join("; ")}. ` +
      `An answer file is named after its request file, with ${ANSWER_SUFFIX} behind. Add what is missing, or take away what does not belong.`,
    { operation: "stitch", details: { requestFiles: requests, answerFiles: answers, missing, surplus } },
  );
}

function list(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
