import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { TableManifest } from "../../core/pipeline/table-manifest.ts";

/** `path`: where the text comes from. `OUTPUT_UNWRITABLE` where it is no manifest that this version can write on. */
export function parseManifest(path: string, text: string): TableManifest {
  let manifest: TableManifest;
  try {
    manifest = JSON.parse(text) as TableManifest;
  } catch (cause) {
    throw manifestUnreadable(path, "it is not JSON", cause);
  }
  if (manifest?.format_version !== 1 || !Array.isArray(manifest.files)) {
    throw manifestUnreadable(path, "it was not written by this version of scoreframe");
  }
  return manifest;
}

export function manifestUnreadable(path: string, why: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The manifest ${path} is of no use: ${why}. Restore it, or publish to another output.path.`,
    { operation: "publish", cause, details: { path } },
  );
}
