import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { counted } from "../../util/counted.ts";
import type { FilePlace } from "./file-place.ts";

/** What SageMaker Batch Transform puts behind the name of a request file. */
export const ANSWER_SUFFIX = ".out";
/** Most names that a message lists. */
const NAMED = 5;
/** What Spark, Hadoop and Databricks write next to their files; a file of this name with a partner is treated like any other. */
const MARKER = /(^|\/)(_SUCCESS|_started_[^/]*|_committed_[^/]*|_metadata|_common_metadata|_temporary\/.*)$/;

/** The names of a request file and of its answer file. */
export type FilePair = { readonly request: string; readonly answer: string };

export type PairingRules = {
  /** Behind the name of a request file, the name of its answer file. */
  readonly suffix: string;
  /** Locations whose files are neither requests nor answers, such as the table that is written. */
  readonly except: readonly string[];
};

/**
 * Pairs the files of two folders, which may be the same, by their names: `a.jsonl` with `a.jsonl.out`, `ds=1/a.jsonl` with `ds=1/a.jsonl.out`.
 * Either name may end with `.gz`. Throws `TABLE_NOT_FOUND` for a folder that is missing or empty, `LINE_COUNT_MISMATCH` for a
 * file without its other half.
 */
export async function pairFiles(
  requests: FilePlace,
  responses: FilePlace,
  { suffix, except }: PairingRules,
  signal: AbortSignal,
): Promise<FilePair[]> {
  const shared = requests.location === responses.location;
  const list = async (place: FilePlace, other: FilePlace): Promise<string[]> => {
    const apart = shared ? except : [...except, other.location];
    return outside(await place.names(signal), place.location, apart);
  };
  const [inRequests, inResponses] = [await list(requests, responses), await list(responses, requests)];
  const isAnswer = (name: string): boolean => withoutGzip(name).endsWith(suffix);
  const requestNames = shared ? inRequests.filter((name) => !isAnswer(name)) : inRequests;
  const answerNames = new Set(shared ? inResponses.filter(isAnswer) : inResponses);
  const counts = { requests: requestNames.length, answers: answerNames.size };
  const pairs: FilePair[] = [];
  const missing: string[] = [];
  for (const request of requestNames) {
    const found = namesOfAnswer(request, suffix).filter((name) => answerNames.has(name));
    const [answer] = found;
    if (found.length > 1) throw ambiguous(request, found);
    if (answer === undefined) missing.push(request);
    else pairs.push({ request, answer });
  }
  const taken = new Map<string, string>();
  for (const { request, answer } of pairs) {
    const before = taken.get(answer);
    if (before !== undefined) throw ambiguous(answer, [before, request]);
    taken.set(answer, request);
  }
  const surplus = [...answerNames].filter((name) => !taken.has(name) && !MARKER.test(name));
  const lonely = missing.filter((name) => !MARKER.test(name));
  if (pairs.length + lonely.length === 0) {
    throw new ScoreframeError(
      "TABLE_NOT_FOUND",
      `The folder of requests ${requests.location} holds no files. Give the folder with the request files.`,
      { operation: "stitch" },
    );
  }
  if (lonely.length + surplus.length > 0) throw unpaired(counts, lonely, surplus, suffix);
  return pairs;
}

/** The names that are not below one of the locations. */
function outside(names: readonly string[], location: string, except: readonly string[]): string[] {
  const folders = except
    .filter((each) => each.startsWith(`${location}/`))
    .map((each) => `${each.slice(location.length + 1)}/`);
  return names.filter((name) => !folders.some((folder) => name.startsWith(folder)));
}

function withoutGzip(name: string): string {
  return name.replace(/\.gz$/, "");
}

/** How the answer file of a request file may be named; one that was compressed later, or decompressed, has `.gz` or has lost it. */
function namesOfAnswer(request: string, suffix: string): string[] {
  const exact = `${request}${suffix}`;
  return [
    ...new Set([exact, `${exact}.gz`, `${withoutGzip(request)}${suffix}`, `${withoutGzip(request)}${suffix}.gz`]),
  ];
}

function ambiguous(file: string, found: readonly string[]): ScoreframeError {
  return new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `The file ${file} could belong to ${list(found)}. Move away the one that is not meant.`,
    { operation: "stitch", details: { file, found } },
  );
}

function unpaired(
  counts: { readonly requests: number; readonly answers: number },
  missing: readonly string[],
  surplus: readonly string[],
  suffix: string,
): ScoreframeError {
  const absent = missing.map((name) => `${name}${suffix}`);
  const parts = [
    ...(missing.length > 0 ? [`missing: ${list(absent)}`] : []),
    ...(surplus.length > 0 ? [`without a request file: ${list(surplus)}`] : []),
  ];
  const other = otherSuffix(missing, surplus);
  const hint =
    other === null
      ? `An answer file is named after its request file, with ${suffix} behind; those in folders are in folders of the same names. Add what is missing, or move away what does not belong.`
      : `The answer files seem to end with ${other}: set suffix, on the command line --suffix ${other}.`;
  return new ScoreframeError(
    "LINE_COUNT_MISMATCH",
    `Found ${counted(counts.requests, "request file")} and ${counted(counts.answers, "answer file")}; ${parts.join("; ")}. ${hint}`,
    {
      operation: "stitch",
      details: { requestFiles: counts.requests, answerFiles: counts.answers, missing: absent, surplus },
    },
  );
}

/** What is behind the names of all request files in the names of as many answer files; null if there is no such thing. */
function otherSuffix(missing: readonly string[], surplus: readonly string[]): string | null {
  const [first] = missing;
  if (first === undefined || missing.length !== surplus.length) return null;
  const names = new Set(surplus);
  const ends = surplus
    .filter((name) => name.startsWith(first) && name !== first)
    .map((name) => name.slice(first.length));
  return ends.find((end) => /^[\w.-]+$/.test(end) && missing.every((name) => names.has(`${name}${end}`))) ?? null;
}

function list(names: readonly string[]): string {
  const more = names.length - NAMED;
  return `${names.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
