import { isAbsolute, relative, sep } from "node:path";

/** The path as a user would type it: relative if it is in the working directory. A URL is unchanged. */
export function showPath(path: string, workingDirectory: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(workingDirectory, path);
  if (inside === "") return ".";
  return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside;
}
