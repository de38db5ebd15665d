/** Everything that may hide a semicolon, and the semicolon itself. */
const TOKEN =
  /(\$\w*\$)[\s\S]*?\1|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|;/g;

/**
 * A single statement without its final semicolon and what follows, so that it fits in parentheses. The SQL is known to be one statement and to
 * parse, so the first bare semicolon ends it.
 */
export function sqlBody(sql: string): string {
  for (const match of sql.matchAll(TOKEN)) if (match[0] === ";") return sql.slice(0, match.index);
  return sql;
}

/** What is left without white space at the ends, comments and semicolons. */
export function withoutComments(sql: string): string {
  return sql.replace(TOKEN, (token) => (/^(?:--|\/\*|;)/.test(token) ? " " : token)).trim();
}

/**
 * Every name and every string in the SQL that may be the name of a table, in lower case, without quotes. A string can be one (`FROM 'flights'`).
 */
export function sqlNames(sql: string): ReadonlySet<string> {
  const names = new Set(sqlIdentifiers(sql));
  for (const [token] of sql.matchAll(TOKEN)) {
    if (token.startsWith("'")) names.add(token.slice(1, -1).replaceAll("''", "'").toLowerCase());
  }
  return names;
}

/** The same without the strings: every name that may be the name of a column. */
export function sqlIdentifiers(sql: string): ReadonlySet<string> {
  const names = new Set<string>();
  const bare = sql.replace(TOKEN, (token) => {
    if (token.startsWith('"')) names.add(token.slice(1, -1).replaceAll('""', '"').toLowerCase());
    return " ";
  });
  // Names without quotes: no white space, and of ASCII only letters, digits, `_` and `$`.
  for (const [name] of bare.matchAll(/[^\s!-#%-/:-@[-^`{-~]+/g)) names.add(name.toLowerCase());
  return names;
}
