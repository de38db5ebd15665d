import { hash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Protocol } from "../../protocols/protocol.ts";
import type { RowKeys } from "../../responses/pairing/pair-line.ts";
import type { ChosenRow, ShardSample } from "./sampled-rows.ts";
import type { RequestFile } from "./score-again.ts";

export type RequestForm = {
  readonly protocol: Protocol;
  readonly features: readonly string[];
  /** Folder for the files. */
  readonly scratch: string;
};

export type SingleRowRequests = {
  /** The requests of all chosen rows, in their order. */
  readonly all: RequestFile;
  /** The request of one of them in a separate file. */
  one(index: number): Promise<RequestFile>;
  /** All of them in one request; null if that cannot be: a request holds one row, or tensors. */
  together(): Promise<RequestFile | null>;
};

/** Picks the requests of the chosen rows out of the files that were written while their shards were stitched. */
export async function singleRowRequests(
  samples: readonly ShardSample[],
  chosen: readonly ChosenRow[],
  { protocol, features, scratch }: RequestForm,
): Promise<SingleRowRequests> {
  const files = await Promise.all(samples.map(({ sample }) => readLines(sample)));
  const lines = files.flat();
  const wanted = chosen.map(({ at }) => lines[at] as string);
  const keys = chosen.map(({ key }) => key);
  const write = async (
    name: string,
    texts: readonly string[],
    lineRows: readonly number[] = texts.map(() => 1),
    own: readonly (string | null)[] = keys,
  ): Promise<RequestFile> => {
    const content = Buffer.from(texts.map((text) => `${text}\n`).join(""));
    const requestPath = join(scratch, `${name}.jsonl`);
    await writeFile(requestPath, content);
    return { requestPath, bytes: content.length, digest: hash("sha256", content, "hex"), lineRows, keys: keysOf(own) };
  };
  return {
    all: await write("verified", wanted),
    one: (index) => write(`verified-${index}`, [wanted[index] as string], [1], keys.slice(index, index + 1)),
    async together() {
      if (protocol.lineHolds === "row")
        return protocol.linesInRequest === "many" ? write("verified-together", wanted) : null;
      if (protocol.rowForm === "tensors") return null;
      const [open, close] = [protocol.open(features), protocol.close];
      const rows = wanted.map((line) => line.slice(open.length, line.length - close.length));
      return write("verified-together", [`${open}${rows.join(",")}${close}`], [wanted.length]);
    },
  };
}

/** Null if rows are not paired by a key: a row with a prediction that is has one. */
function keysOf(keys: readonly (string | null)[]): RowKeys {
  return keys.every((key) => key === null) ? null : keys;
}

async function readLines({ path, rows }: ShardSample["sample"]): Promise<string[]> {
  if (rows.length === 0) return [];
  return (await readFile(path, "utf8")).split("\n").slice(0, rows.length);
}
