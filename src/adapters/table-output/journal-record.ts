import { z } from "zod";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { parseRecord } from "../records/parse-record.ts";
import { processOwner } from "../records/process-owner.ts";
import { snapshotPath, visiblePath } from "./manifest-record.ts";
import { PUBLICATION, snapshotFolder } from "./table-layout.ts";

const journal = z
  .object({
    version: z.int().positive(),
    publication: z.string().regex(PUBLICATION).optional(),
    /** Who wrote it. */
    owner: processOwner.optional(),
    remove: z.array(visiblePath),
    add: z.array(z.object({ from: snapshotPath, to: visiblePath })),
    prune: z.array(snapshotPath).default([]),
  })
  .refine(
    ({ publication, add }) =>
      publication === undefined || add.every(({ from }) => from.startsWith(`${snapshotFolder(publication)}/`)),
    "expected files of its own publication",
  );

/**
 * What one publication does to a table in addition to its manifest: written before the manifest is replaced, applied after it, and again after a crash. While
 * it exists, the publication has not ended.
 */
export type SwitchJournal = {
  /** Version of the manifest that commits these changes. */
  readonly version: number;
  /** Name of the publication, which its manifest has too; absent in what version 0.1.0 wrote. */
  readonly publication?: string | undefined;
  readonly owner?: z.infer<typeof processOwner> | undefined;
  /** Visible files that are removed. All old files of a folder are removed before its first new one is added. */
  readonly remove: readonly string[];
  readonly add: readonly { readonly from: string; readonly to: string }[];
  /** Snapshots that no reader may still be reading. */
  readonly prune: readonly string[];
};

/** `path`: where the text comes from. `OUTPUT_UNWRITABLE` if it is not a journal. */
export function parseJournal(path: string, text: string): SwitchJournal {
  const parsed = parseRecord<z.infer<typeof journal>>(journal, text);
  if ("value" in parsed) return parsed.value;
  throw new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The journal ${path} cannot be used: it ${parsed.problem}. Nothing was changed. Remove the file, then restore what globs find with ` +
      "`scoreframe repair`: what the manifest lists is the table.",
    { operation: "publish", details: { path } },
  );
}
