import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { TableManifest } from "../../core/pipeline/table-manifest.ts";
import { readIfPresent } from "./atomic-file.ts";
import { manifestPath } from "./folder-layout.ts";

/** The table's manifest; null where nothing was ever published. */
export async function readManifest(table: string): Promise<TableManifest | null> {
  const path = manifestPath(table);
  const text = await readIfPresent(path).catch((cause: unknown) => {
    throw unreadable(path, "it cannot be read", cause);
  });
  return text === null ? null : parseManifest(path, text);
}

function parseManifest(path: string, text: string): TableManifest {
  let manifest: TableManifest;
  try {
    manifest = JSON.parse(text) as TableManifest;
  } catch (cause) {
    throw unreadable(path, "it is not JSON", cause);
  }
  if (manifest?.format_version !== 1 || !Array.isArray(manifest.files)) {
    throw unreadable(path, "it was not written by this version of scoreframe");
  }
  return manifest;
}

function unreadable(path: string, why: string, cause?: unknown): ScoreframeError {
  return new ScoreframeError(
    "OUTPUT_UNWRITABLE",
    `The manifest ${path} is of no use: ${why}. Restore it, or publish to another output.path.`,
    { operation: "publish", cause, details: { path } },
  );
}
