import { z } from "zod";

/**
 * A path below a folder as our records write it, its parts separated by `/`. What a record names is moved and removed, and anyone may have written it: it
 * must not lead out of the folder.
 */
export const relativePath = z
  .string()
  .refine(isRelativePath, "expected a relative path without empty parts, `.`, `..`, backslashes or NUL");

function isRelativePath(path: string): boolean {
  return !/[\\\0]/.test(path) && path.split("/").every((part) => !["", ".", ".."].includes(part));
}
