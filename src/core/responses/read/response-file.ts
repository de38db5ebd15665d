import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { FileDigest } from "../../util/file-digest.ts";
import { digestFile } from "../../util/file-digest.ts";

const LINE_FEED = 10;

export type ResponseFileToValidate = {
  readonly shard: number;
  readonly responsePath: string;
  /** What the backend has written there, if it says so. */
  readonly written?: FileDigest;
};

/**
 * Reads a response file once and returns its digest. A write that was cut short leaves whole lines and a last number that looks whole:
 * so the file must hold just what was written, and its last line must end with a line feed.
 */
export function validateResponseFile({ shard, responsePath, written }: ResponseFileToValidate): FileDigest {
  const { lastByte, ...found } = digest(shard, responsePath);
  if (written !== undefined && (found.bytes !== written.bytes || found.sha256 !== written.sha256)) {
    const change =
      found.bytes === written.bytes
        ? "other bytes than were"
        : `${found.bytes} bytes of the ${written.bytes} that were`;
    throw new ScoreframeError(
      "STORAGE_FAILED",
      `Shard ${shard}: the response file ${responsePath} holds ${change} written. Check the disk and what else writes there, then run the job again.`,
      { shard, operation: "stitch", details: { found, written } },
    );
  }
  if (lastByte !== null && lastByte !== LINE_FEED) {
    throw new ScoreframeError(
      "RESPONSE_INVALID",
      `Shard ${shard}: the last line of the response file ${responsePath} has no line feed, so it may be cut. Run the job again; a backend must end every line with "\\n".`,
      { shard, operation: "stitch" },
    );
  }
  return found;
}

function digest(shard: number, path: string): ReturnType<typeof digestFile> {
  try {
    return digestFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new ScoreframeError(
      "RESPONSE_INVALID",
      `Shard ${shard} was reported as answered, but its response file ${path} does not exist. This is a fault of the backend: run the conformance suite on it.`,
      { shard, operation: "stitch", cause },
    );
  }
}
