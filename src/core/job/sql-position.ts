/**
 * Where in a SQL text something stands: in code, in quotes, in a comment. Enough of DuckDB's lexer to tell whether a value that is put there
 * can leave the place it was put into.
 */
export type SqlPosition = {
  readonly inside:
    | "code"
    | "literal"
    | "escape_literal"
    | "identifier"
    | "dollar_literal"
    | "line_comment"
    | "block_comment";
  /** The last character, where the next one may join it: `-` of `--`, `/` of a comment. */
  readonly last: string;
  /** The word that the position stands behind: an `e` before a quote starts a literal with backslash escapes. */
  readonly word: string;
  /** The delimiter that ends a dollar-quoted literal. */
  readonly tag: string;
  /** Block comments nest. */
  readonly depth: number;
};

export const SQL_START: SqlPosition = { inside: "code", last: "", word: "", tag: "", depth: 0 };

/** The position after `text`, read on from `from`. */
export function advanceSql(from: SqlPosition, text: string): SqlPosition {
  let position = from;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (position.inside === "code" && character === "$") {
      const tag = /^\$([A-Za-z_]\w*)?\$/.exec(text.slice(index))?.[0];
      if (tag !== undefined && position.word === "") {
        position = { ...SQL_START, inside: "dollar_literal", tag };
        index += tag.length - 1;
        continue;
      }
    }
    if (position.inside === "dollar_literal" && text.startsWith(position.tag, index)) {
      index += position.tag.length - 1;
      position = SQL_START;
      continue;
    }
    position = step(position, character);
  }
  return position;
}

function step(position: SqlPosition, character: string): SqlPosition {
  switch (position.inside) {
    case "code":
      return stepInCode(position, character);
    case "literal":
      return character === "'" ? SQL_START : position;
    case "escape_literal":
      if (position.last === "\\") return { ...position, last: "" };
      return character === "'" ? SQL_START : { ...position, last: character };
    case "identifier":
      return character === '"' ? SQL_START : position;
    case "dollar_literal":
      return position;
    case "line_comment":
      return character === "\n" || character === "\r" ? SQL_START : position;
    case "block_comment":
      return stepInBlockComment(position, character);
  }
}

function stepInCode(position: SqlPosition, character: string): SqlPosition {
  const pair = position.last + character;
  if (pair === "--") return { ...SQL_START, inside: "line_comment" };
  if (pair === "/*") return { ...SQL_START, inside: "block_comment", depth: 1 };
  if (character === "'") return { ...SQL_START, inside: /^e$/i.test(position.word) ? "escape_literal" : "literal" };
  if (character === '"') return { ...SQL_START, inside: "identifier" };
  return { ...SQL_START, last: character, word: /[\w$]/.test(character) ? position.word + character : "" };
}

function stepInBlockComment(position: SqlPosition, character: string): SqlPosition {
  const pair = position.last + character;
  if (pair === "/*") return { ...position, last: "", depth: position.depth + 1 };
  if (pair !== "*/") return { ...position, last: character };
  return position.depth === 1 ? SQL_START : { ...position, last: "", depth: position.depth - 1 };
}
