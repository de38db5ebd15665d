import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { Engine, StitchRequest } from "../../../src/index.ts";
import { createScoreframe, ScoreframeError } from "../../../src/index.ts";
import type { Told } from "./support/refusals.ts";
import { describeRefusals } from "./support/refusals.ts";

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
async function told(files: Files, request: Partial<StitchRequest> = {}): Promise<Told> {
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

describeRefusals(
  "Requests and responses to stitch",
  () => [folder],
  (refused) => {
    refused("a response file is missing, in a folder", () =>
      told({ "in/a.jsonl": REQUESTS, "in/ds=1/b.jsonl": REQUESTS, "out/a.jsonl.out": "1\n2\n" }),
    );
    refused("the response files end with something else", () =>
      told({ "in/a.jsonl": REQUESTS, "out/a.jsonl.result": "1\n2\n" }),
    );
    refused("a response file is there twice", () =>
      told({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": "1\n2\n", "out/a.jsonl.out.gz": gzipSync("1\n2\n") }),
    );
    refused("responses have run into each other", () => told({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": "12" }));
    refused("responses are JSON over several lines", () =>
      told({ "in/a.jsonl": REQUESTS, "out/a.jsonl.out": '{\n  "p": 1\n}{\n  "p": 2\n}' }),
    );
    refused("a quote is never closed in responses of CSV", () =>
      told({ "in/a.csv": "1,2\n3,4\n", "out/a.csv.out": '"late\n2\n' }),
    );
    refused("a quote is never closed in requests of CSV", () =>
      told({ "in/a.csv": '1,2\n"3,4\n', "out/a.csv.out": "1\n2\n" }),
    );
    refused("responses of CSV begin with their requests", () =>
      told({ "in/a.csv": "1,2\n3,4\n", "out/a.csv.out": "1,2,0.5\n3,4,0.25\n" }),
    );
    refused("a file is not text", () =>
      told({ "in/a.jsonl": Buffer.from("28b52ffd04", "hex"), "out/a.jsonl.out": "1\n2\n" }),
    );
    refused("a compressed file is cut off", () =>
      told({ "in/a.jsonl.gz": gzipSync(REQUESTS).subarray(0, 20), "out/a.jsonl.gz.out": "1\n2\n" }),
    );
    refused("the suffix is none", () => told({ "in/a.jsonl": REQUESTS, "out/a.jsonl": "1\n2\n" }, { suffix: "/" }));
  },
);
