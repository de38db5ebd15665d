import type { SqlPosition } from "./sql-position.ts";
import { advanceSql } from "./sql-position.ts";

/** Characters below space, and DEL. */
const CONTROL = /\p{Cc}/u;

/**
 * Why a template's value may not be inserted at this place of a query, or null. In quotes and comments it must not end them; in code it must not
 * leave one open nor end the statement, so that it stays the one piece of SQL that the author left open.
 */
export function sqlValueProblem(position: SqlPosition, value: string): string | null {
  switch (position.inside) {
    case "literal":
      return quotedProblem(value, "'", "is in single quotes and contains a quote");
    case "escape_literal":
      return quotedProblem(value, "'\\", "is in an escape literal (E'…') and contains a quote or a backslash");
    case "identifier":
      return quotedProblem(value, '"', "is in double quotes and contains a double quote");
    case "dollar_literal":
      return quotedProblem(value, "$", "is in dollar quotes and contains a dollar sign");
    case "line_comment":
    case "block_comment":
      return quotedProblem(value, "*/", "is in a comment and contains `*` or `/`");
    case "code":
      return codeProblem(position, value);
  }
}

function quotedProblem(value: string, characters: string, reason: string): string | null {
  if (CONTROL.test(value)) return "is in quotes or a comment and contains a control character, such as a line break";
  return [...characters].some((character) => value.includes(character)) ? reason : null;
}

function codeProblem(position: SqlPosition, value: string): string | null {
  let current = position;
  for (const character of value) {
    current = advanceSql(current, character);
    if (current.inside === "code" && character === ";") return "is outside quotes and contains a `;`";
  }
  return advanceSql(position, value).inside === "code" ? null : "leaves a quote or a comment open";
}
