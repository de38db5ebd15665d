/**
 * Where in a SQL text a position is: in code, in quotes, in a comment. Enough of DuckDB's lexer to know whether a value that is put there
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
  /** The last character, if the next one may join it: `-` of `--`, `/` of a comment. */
  readonly last: string;
  /** The word before the position: an `e` before a quote starts a literal with backslash escapes. */
  readonly word: string;
  /** The delimiter that ends a dollar-quoted literal. */
  readonly tag: string;
  /** Block comments nest. */
  readonly depth: number;
  /** Whether a quote begins a part of the escape literal that ended before: right behind it, or after space with a line break. */
  readonly continues: boolean;
};

export const SQL_START: SqlPosition = { inside: "code", last: "", word: "", tag: "", depth: 0, continues: false };

/** The delimiter of dollar quotes, and the characters of a name; both may have any letter outside ASCII. */
const DOLLAR_TAG = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/;
const NAME_CHARACTER = /[\w$\u0080-\uffff]/;

/** The position after `text`, read on from `from`. */
export function advanceSql(from: SqlPosition, text: string): SqlPosition {
  let position = from;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (position.inside === "code" && character === "$") {
      const tag = DOLLAR_TAG.exec(text.slice(index))?.[0];
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
      return character === "'" ? { ...SQL_START, continues: true } : { ...position, last: character };
    case "identifier":
      return character === '"' ? SQL_START : position;
    case "dollar_literal":
      return position;
    case "line_comment":
      return character === "\n" || character === "\r" ? { ...SQL_START, continues: position.continues } : position;
    case "block_comment":
      return stepInBlockComment(position, character);
  }
}

function stepInCode(position: SqlPosition, character: string): SqlPosition {
  const pair = position.last + character;
  if (pair === "--") return { ...SQL_START, inside: "line_comment", continues: position.continues };
  if (pair === "/*") return { ...SQL_START, inside: "block_comment", depth: 1 };
  if (character === "'") {
    const escapes = position.continues || /^e$/i.test(position.word);
    return { ...SQL_START, inside: escapes ? "escape_literal" : "literal" };
  }
  if (character === '"') return { ...SQL_START, inside: "identifier" };
  return {
    ...SQL_START,
    last: character,
    word: NAME_CHARACTER.test(character) ? position.word + character : "",
    // The first dash of a comment, too.
    continues: position.continues && (/\s/.test(character) || character === "-"),
  };
}

function stepInBlockComment(position: SqlPosition, character: string): SqlPosition {
  const pair = position.last + character;
  if (pair === "/*") return { ...position, last: "", depth: position.depth + 1 };
  if (pair !== "*/") return { ...position, last: character };
  return position.depth === 1 ? SQL_START : { ...position, last: "", depth: position.depth - 1 };
}
