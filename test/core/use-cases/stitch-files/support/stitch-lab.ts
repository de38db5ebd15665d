import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { createScoreframe } from "../../../../../src/composition/create-scoreframe.ts";
import type { Engine } from "../../../../../src/core/engine/engine.ts";
import type { StitchReport, StitchRequest } from "../../../../../src/core/use-cases/stitch-files/stitch-prefixes.ts";
import { query } from "../../../stages/support/lab.ts";

/** A folder of its own for each test, in which `in` and `answers` are stitched to `out`. */
export type StitchLab = {
  path(name: string): string;
  write(name: string, content: string | Uint8Array): void;
  stitch(changes?: Partial<StitchRequest>): Promise<StitchReport>;
  /** What the promise was rejected with, as text. */
  rejection(changes?: Partial<StitchRequest>): Promise<string>;
  table(columns?: string): Promise<unknown[]>;
  deadLetters(columns: string): Promise<unknown[]>;
};

export function stitchLab(): StitchLab {
  let engine: Engine;
  let base: string;
  beforeAll(async () => {
    engine = await createScoreframe({ workspace: mkdtempSync(join(tmpdir(), "workspace-")) });
  });
  afterAll(() => engine.close());
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), "prefixes-"));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const path = (name: string): string => join(base, name);
  const stitch: StitchLab["stitch"] = (changes = {}) =>
    engine.stitch({ requests: "in", responses: "answers", output: "out", baseDirectory: base, ...changes });
  return {
    path,
    stitch,
    write(name, content) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), content);
    },
    rejection: (changes) =>
      stitch(changes).then(
        (report) => `nothing was thrown: ${JSON.stringify(report)}`,
        (error: unknown) => String(error),
      ),
    table: (columns = "*") => query(`select ${columns} from '${path("out/*.parquet")}' order by row_id, batch_index`),
    deadLetters: (columns) =>
      query(`select ${columns} from read_parquet('${path("out.dead-letter/**/*.parquet")}', union_by_name = true)`),
  };
}
