/** Whether a path that is not the name of a file is a glob. */
export function isGlob(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * A glob as DuckDB reads it on local files: `**` matches any folders or none, `*` and `?` for characters of one name, `[a-c]` and `[!a]` for one of some. The
 * whole path is matched.
 */
export function globPattern(glob: string): RegExp {
  const parts = glob.split("/");
  const last = parts.length - 1;
  const source = parts.map((part, index) => {
    if (part === "**") return index === last ? ".*" : "(?:[^/]+/)*";
    return namePattern(part) + (index === last ? "" : "/");
  });
  return new RegExp(`^${source.join("")}$`, "su");
}

/** The names of a glob, each with what it matches. */
export function globSegments(glob: string): readonly { readonly text: string; readonly pattern: RegExp }[] {
  return glob.split("/").map((text) => ({ text, pattern: new RegExp(`^${namePattern(text)}$`, "su") }));
}

function namePattern(part: string): string {
  const tokens = part.match(/\[!?[^\]]+\]|\*+|[\s\S]/gu) ?? [];
  return tokens.map(tokenPattern).join("");
}

function tokenPattern(token: string): string {
  if (token.startsWith("*")) return "[^/]*";
  if (token === "?") return "[^/]";
  if (token.length < 3 || !token.startsWith("[")) return escaped(token);
  const negated = token.startsWith("[!");
  const range = token.slice(negated ? 2 : 1, -1).replace(/[\\^[\]&~|]/g, "\\$&");
  return `[${negated ? "^/" : ""}${range}]`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
