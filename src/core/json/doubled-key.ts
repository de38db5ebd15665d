const BACKSLASH = 92;
const COLON = 58;

/**
 * The first key that an object of the JSON text has twice; null if none has. `value` is what JSON.parse makes of the text: it keeps the last
 * of equal keys, so that it has fewer keys than the text. To count both costs a fraction of the parse.
 */
export function findDoubledKey(text: string, value: unknown): string | null {
  if (typeof value !== "object" || value === null || keysOfText(text) === keysOfValue(value)) return null;
  return nameDoubledKey(text) ?? "";
}

function keysOfText(text: string): number {
  let keys = 0;
  for (let open = text.indexOf('"'); open !== -1; ) {
    const end = stringEnd(text, open);
    const next = afterBlanks(text, end);
    if (text.charCodeAt(next) === COLON) keys += 1;
    open = text.indexOf('"', next);
  }
  return keys;
}

function keysOfValue(value: object): number {
  let keys = 0;
  if (Array.isArray(value)) {
    for (const element of value as unknown[]) {
      if (typeof element === "object" && element !== null) keys += keysOfValue(element);
    }
    return keys;
  }
  // Of what JSON.parse makes every property is its own; lists of values would be garbage as large as the document.
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value];
    keys += 1;
    if (typeof member === "object" && member !== null) keys += keysOfValue(member);
  }
  return keys;
}

function nameDoubledKey(text: string): string | null {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "{" || character === "[") open.push(new Set());
    else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = stringEnd(text, at);
      if (text.charCodeAt(afterBlanks(text, end)) === COLON) {
        const key = JSON.parse(text.slice(at, end)) as string;
        if (open.at(-1)?.has(key) === true) return key;
        open.at(-1)?.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}

/** Place after the string that opens at `open`. */
function stringEnd(text: string, open: number): number {
  let close = text.indexOf('"', open + 1);
  while (close !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(close - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return close + 1;
    close = text.indexOf('"', close + 1);
  }
  return text.length;
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  for (let code = text.charCodeAt(at); code === 32 || code === 9 || code === 10 || code === 13; ) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return at;
}
