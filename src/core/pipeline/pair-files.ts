import { ScoreframeError } from "../errors/scoreframe-error.ts";
import type { FilePlace } from "./file-place.ts";

const ANSWER_SUFFIX = ".out";
/** Most names that a message lists. */
const NAMED = 5;

/** The names of a request file and of its answer file. */
export type FilePair = { readonly request: string; readonly answer: string };

/**
 * Pairs the files of two folders, which may be the same, by their names: `a.jsonl` with `a.jsonl.out`. In natural order of the names
 * (`part-2` before `part-10`); hidden files and folders are passed over. Throws `TABLE_NOT_FOUND` for a folder that is missing or empty,
 * `LINE_COUNT_MISMATCH` for a file without its other half.
 */
export async function pairFiles(requests: FilePlace, responses: FilePlace, signal: AbortSignal): Promise<FilePair[]> {
  const [inRequests, inResponses] = [await requests.names(signal), await responses.names(signal)];
  const shared = requests.location === responses.location;
  const requestNames = shared ? inRequests.filter((name) => !name.endsWith(ANSWER_SUFFIX)) : inRequests;
  const answerNames = new Set(shared ? inResponses.filter((name) => name.endsWith(ANSWER_SUFFIX)) : inResponses);
  if (requestNames.length === 0) {
    throw new ScoreframeError(
      "TABLE_NOT_FOUND",
      `The folder of requests ${requests.location} holds no files. Give the folder with the request files.`,
    );
  }
  const expected = new Set(requestNames.map((name) => `${name}${ANSWER_SUFFIX}`));
  const missing = [...expected].filter((name) => !answerNames.has(name));
  const surplus = [...answerNames].filter((name) => !expected.has(name));
  if (missing.length + surplus.length > 0) throw unpaired(requestNames.length, answerNames.size, missing, surplus);
  return requestNames.map((name) => ({ request: name, answer: `${name}${ANSWER_SUFFIX}` }));
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
