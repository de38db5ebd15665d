import { z } from "zod";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { parseRecord } from "../records/parse-record.ts";
import { relativePath } from "../records/relative-path.ts";
import { visiblePath } from "./manifest-record.ts";

const journal = z.object({
  version: z.int().positive(),
  remove: z.array(visiblePath),
  add: z.array(z.object({ from: relativePath, to: visiblePath })),
});

/** What globs see, as changes: written down before the manifest is replaced, carried out after, and again after a crash. */
export type SwitchJournal = z.infer<typeof journal>;

/** `path`: where the text comes from. `OUTPUT_UNWRITABLE` if it is not a journal. */
export function parseJournal(path: string, text: string): SwitchJournal {
  const parsed = parseRecord(journal, text);
  if ("value" in parsed) return parsed.value;
  throw new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The journal ${path} cannot be used: it ${parsed.problem}. Nothing was changed. Remove the file, then run the job again: ` +
      "what the manifest lists is the table.",
    { operation: "publish", details: { path } },
  );
}
