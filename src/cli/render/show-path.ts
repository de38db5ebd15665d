import { isAbsolute, relative, sep } from "node:path";

/** The path as one would type it: relative where it lies inside the working directory. A URL stays as it is. */
export function showPath(path: string, workingDirectory: string): string {
  if (!isAbsolute(path)) return path;
  const inside = relative(workingDirectory, path);
  if (inside === "") return ".";
  return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? path : inside;
}
