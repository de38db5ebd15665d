import type { SqlPosition } from "./sql-position.ts";
import { advanceSql } from "./sql-position.ts";

/** Characters below space, and DEL. */
const CONTROL = /\p{Cc}/u;

/**
 * Why a template's value may not stand at this place of a query, or null. In quotes and comments it must not end them; in code it must not
 * leave one open nor end the statement, so that it stays the piece of SQL for which the author left room.
 */
export function refuseSqlValue(position: SqlPosition, value: string): string | null {
  switch (position.inside) {
    case "literal":
      return refuse(value, "'", "stands in single quotes and has a quote in it");
    case "escape_literal":
      return refuse(value, "'\\", "stands in an escape literal (E'…') and has a quote or a backslash in it");
    case "identifier":
      return refuse(value, '"', "stands in double quotes and has a double quote in it");
    case "dollar_literal":
      return refuse(value, "$", "stands in dollar quotes and has a dollar sign in it");
    case "line_comment":
    case "block_comment":
      return refuse(value, "*/", "stands in a comment and has `*` or `/` in it");
    case "code":
      return refuseCode(position, value);
  }
}

function refuse(value: string, characters: string, reason: string): string | null {
  if (CONTROL.test(value))
    return "stands in quotes or a comment and has a control character in it, such as a line break";
  return [...characters].some((character) => value.includes(character)) ? reason : null;
}

function refuseCode(position: SqlPosition, value: string): string | null {
  let current = position;
  for (const character of value) {
    current = advanceSql(current, character);
    if (current.inside === "code" && character === ";") return "stands outside quotes and has a `;` in it";
  }
  return advanceSql(position, value).inside === "code" ? null : "leaves a quote or a comment open";
}
