import { join } from "node:path";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { AnswerLines } from "../../lines/answer-lines.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../protocols/request-options.ts";
import type { StitchedPair } from "../../stages/stitch/worker/pair/stitch-pair.ts";
import { mapAhead } from "../../util/map-ahead.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import { chooseAnswerLines } from "./choose-answer-lines.ts";
import { countUnits } from "./count-units.ts";
import { documentFile } from "./document-file.ts";
import type { FilePlace } from "./file-place.ts";
import { removeCopies } from "./file-place.ts";
import { beginsDocument, firstLine } from "./first-line.ts";
import type { FilePair } from "./pair-files.ts";
import { plainFile } from "./plain-file.ts";
import { shownProtocol } from "./request-protocol.ts";
import type { StitchShape } from "./stitch-shape.ts";

export type Places = { readonly requests: FilePlace; readonly responses: FilePlace };

export type StitchSettings = {
  readonly named: ProtocolId | null;
  readonly options: StitchShape;
  readonly prefix: string;
  /** Whether answers hold their requests, too; null if only their form says so. */
  readonly joined: boolean | null;
  /** Folder for what is copied, rewritten and made. */
  readonly scratch: string;
};

/** A file pair on this machine, as text. */
type FetchedPair = { readonly shard: number; readonly requestsPath: string; readonly responsesPath: string };

/** With the number of its first line among those of all files. */
type NumberedPair = FetchedPair & {
  readonly firstRowId: number;
  readonly protocol: ProtocolId;
  readonly answerLines: AnswerLines;
};

/** Pairs that are downloaded while others are being stitched. */
const PAIRS_AHEAD = 4;

/** Fetches, counts and stitches; nothing is still being fetched when it ends, however it ends. */
export async function stitchPairs(
  pairs: readonly FilePair[],
  places: Places,
  settings: StitchSettings,
  pool: FramePool,
  signal: AbortSignal,
): Promise<StitchedPair[]> {
  const { options, prefix, joined, scratch } = settings;
  const stop = new AbortController();
  const fetched = fetchPairs(pairs, places, scratch, AbortSignal.any([signal, stop.signal]));
  try {
    const stitched: StitchedPair[] = [];
    const numbered = numberPairs(fetched, pairs, settings, places.requests);
    const done = mapConcurrently(numbered, pool.threads, async (pair) => {
      const outputPath = join(scratch, `${pair.shard}.parquet`);
      const names = pairs[pair.shard] as FilePair;
      const paths = { outputPath, deadLetterPath: deadLetterPath(scratch, pair.shard) };
      const made = await pool.run("stitchPair", { ...pair, names, options, prefix, joined, ...paths }, signal);
      await removeCopies(pair.requestsPath, scratch);
      await removeCopies(pair.responsesPath, scratch);
      return made;
    });
    for await (const pair of done) stitched[pair.shard] = pair;
    return stitched;
  } finally {
    stop.abort();
    await fetched.return(undefined);
  }
}

export function deadLetterPath(scratch: string, shard: number): string {
  return join(scratch, `${shard}-dead-letter.parquet`);
}

function fetchPairs(
  pairs: readonly FilePair[],
  { requests, responses }: Places,
  scratch: string,
  signal: AbortSignal,
): AsyncGenerator<FetchedPair> {
  const fetchText = async (place: FilePlace, name: string, copyPath: string): Promise<string> => {
    const path = await place.fetch(name, copyPath, signal);
    const plain = await plainFile(path, `${copyPath}.text`, place.locate(name), signal);
    if (plain !== path) await removeCopies(path, scratch);
    return plain;
  };
  return mapAhead(pairs.entries(), PAIRS_AHEAD, async ([shard, { request, answer }]) => {
    signal.throwIfAborted();
    return {
      shard,
      requestsPath: await fetchText(requests, request, join(scratch, "requests", String(shard))),
      responsesPath: await fetchText(responses, answer, join(scratch, "responses", String(shard))),
    };
  });
}

/** Counts the lines of both files, so that no pair is read whose counts differ, and finds out the protocol and which lines are answers. */
async function* numberPairs(
  fetched: AsyncIterable<FetchedPair>,
  pairs: readonly FilePair[],
  { named, options, scratch }: StitchSettings,
  requests: FilePlace,
): AsyncGenerator<NumberedPair> {
  let firstRowId = 0;
  let protocol = named;
  for await (const pair of fetched) {
    const names = pairs[pair.shard] as FilePair;
    const location = requests.locate(names.request);
    const requestsPath = await onLines(pair.requestsPath, join(scratch, "requests", `${pair.shard}.lines`), protocol);
    const first = await firstLine(requestsPath);
    if (first !== null) protocol ??= shownProtocol(first, location);
    const known = protocol ?? "instances";
    const bound = bindProtocol(known, { ...DEFAULT_REQUEST_OPTIONS, ...options });
    const { lines, openQuote } = await countUnits(requestsPath, bound);
    if (openQuote !== null) throw unclosed(location, openQuote);
    const linesPath = join(scratch, "responses", `${pair.shard}.lines`);
    const answers = await chooseAnswerLines(pair.responsesPath, linesPath, names, { lines, protocol: bound });
    if (requestsPath !== pair.requestsPath) await removeCopies(pair.requestsPath, scratch);
    if (answers.path !== pair.responsesPath) await removeCopies(pair.responsesPath, scratch);
    const { path: responsesPath, answerLines } = answers;
    yield { shard: pair.shard, requestsPath, responsesPath, firstRowId, protocol: known, answerLines };
    firstRowId += lines;
  }
}

/** The path of a request file with a line for each request: its own, unless its requests are JSON over several lines. */
async function onLines(path: string, linesPath: string, protocol: ProtocolId | null): Promise<string> {
  if (protocol === "csv" || !beginsDocument(await firstLine(path))) return path;
  return (await documentFile(path, linesPath))?.path ?? path;
}

function unclosed(location: string, line: number): ScoreframeError {
  return new ScoreframeError(
    "ROWS_INVALID",
    `Request file ${location}: a quote opens in line ${line} and is never closed. Fix the request file.`,
    { operation: "stitch", line: line - 1 },
  );
}
