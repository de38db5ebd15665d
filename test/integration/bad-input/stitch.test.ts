import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Engine, StitchRequest } from "../../../src/index.ts";
import { createScoreframe, ScoreframeError } from "../../../src/index.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await createScoreframe({ workspace: mkdtempSync(join(tmpdir(), "workspace-")) });
});
afterAll(() => engine.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bad-stitch-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, string | Uint8Array>>;

/** What `stitch` was rejected with, of files by their paths. */
async function failureOf(files: Files, request: Partial<StitchRequest> = {}): Promise<Reported> {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  try {
    const paths = { requests: "in", responses: "out", output: "table", baseDirectory: folder };
    return { code: "none", message: JSON.stringify(await engine.stitch({ ...paths, ...request })) };
  } catch (thrown) {
    if (ScoreframeError.is(thrown)) return thrown;
    throw thrown;
  }
}

const REQUESTS = '{"id":0}\n{"id":1}\n';

describeBadInput(
  "Requests and responses to stitch",
  () => [folder],
  (when) => {
    when("a response file is missing, in a folder", () =>
      failureOf({ "in/a.jsonl": REQUESTS, "in/ds=1/b.jsonl": REQUESTS, "out/a.jsonl.out": "1\n2\n" }),
    );
    when("the response files end with something else", () =>
      failureOf({ "in/a.jsonl": REQUESTS, "out/a.jsonl.result": "1\n2\n" }),
    );
    when("a response file is there twice", () =>
      failureOf({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": "1\n2\n", "out/a.jsonl.out.gz": gzipSync("1\n2\n") }),
    );
    when("responses have run into each other", () => failureOf({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": "12" }));
    when("responses are JSON over several lines", () =>
      failureOf({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": '{\n  "p": 1\n}{\n  "p": 2\n}' }),
    );
    when("a quote is never closed in responses of CSV", () =>
      failureOf({ "in/a.csv": "1,2\n3,4\n", "out/a.csv.out": '"late\n2\n' }),
    );
    when("a quote is never closed in requests of CSV", () =>
      failureOf({ "in/a.csv": '1,2\n"3,4\n', "out/a.csv.out": "1\n2\n" }),
    );
    when("responses of CSV begin with their requests", () =>
      failureOf({ "in/a.csv": "1,2\n3,4\n", "out/a.csv.out": "1,2,0.5\n3,4,0.25\n" }),
    );
    when("a file is not text", () =>
      failureOf({ "in/a.jsonl": Buffer.from("28b52ffd04", "hex"), "out/a.jsonl.out": "1\n2\n" }),
    );
    when("a compressed file is cut off", () =>
      failureOf({ "in/a.jsonl.gz": gzipSync(REQUESTS).subarray(0, 20), "out/a.jsonl.gz.out": "1\n2\n" }),
    );
    when("the suffix is not valid", () =>
      failureOf({ "in/a.jsonl": REQUESTS, "out/a.jsonl": "1\n2\n" }, { suffix: "/" }),
    );
  },
);
