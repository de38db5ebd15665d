import { z } from "zod";

/**
 * A path below a folder as our records write it, its parts separated by `/`. The files that a record names are moved and removed, and any program may have
 * written the record, so the path must not lead out of the folder.
 */
export const relativePath = z
  .string()
  .refine(isRelativePath, "expected a relative path without empty parts, `.`, `..`, backslashes or NUL");

function isRelativePath(path: string): boolean {
  return !/[\\\0]/.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}
