/** Where in a shell command a position is: in words, in quotes, or in a part whose rules of quoting are not supported here. */
export type ShellPosition = {
  readonly inside: "words" | "single" | "double" | "other";
  /** Whether a backslash takes its meaning from the next character. */
  readonly escaped: boolean;
  /** The character before; empty at the start. */
  readonly last: string;
};

export const SHELL_START: ShellPosition = { inside: "words", escaped: false, last: "" };

/** Characters that mean nothing to any shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** The position after `text`. Substitutions, here-documents and comments have other rules; what follows them is not analysed. */
export function advanceShell(from: ShellPosition, text: string): ShellPosition {
  return [...text].reduce(step, from);
}

function step({ inside, escaped, last }: ShellPosition, character: string): ShellPosition {
  const at = (place: ShellPosition["inside"]): ShellPosition => ({ inside: place, escaped: false, last: character });
  if (inside === "other" || escaped) return at(inside);
  if (inside === "single") return at(character === "'" ? "words" : "single");
  if (character === "\\") return { inside, escaped: true, last: character };
  if (character === "`" || (last === "$" && "({".includes(character))) return at("other");
  if (inside === "double") return at(character === '"' ? "words" : "double");
  if (character === "'") return at("single");
  if (character === '"') return at("double");
  const isComment = character === "#" && /^$|[\s;&|(]/.test(last);
  return at(isComment || (character === "<" && last === "<") ? "other" : "words");
}

/**
 * A value as one word, or a part of one, of a command: quoted as the place wants it, so that it is text to the shell whatever is in it. Null if
 * no quotes make it so.
 */
export function quoteForShell({ inside, escaped }: ShellPosition, value: string): string | null {
  if (PLAIN.test(value)) return value;
  if (escaped || value.includes("\0") || process.platform === "win32") return null;
  switch (inside) {
    case "words":
      return `'${value.replaceAll("'", "'\\''")}'`;
    case "single":
      return value.replaceAll("'", "'\\''");
    case "double":
      return value.replaceAll(/[\\"$`]/g, "\\$&");
    case "other":
      return null;
  }
}
