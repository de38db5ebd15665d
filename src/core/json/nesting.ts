/** Levels of lists and objects in a response that are read. What is deeper takes readers more stack and time than any prediction is worth. */
export const MOST_LEVELS = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether JSON text nests lists and objects more deeply than `MOST_LEVELS`. Looks at bytes alone, and expects no valid JSON. */
export function isTooDeep(json: Buffer): boolean {
  if (!hasManyBrackets(json)) return false;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (inText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) inText = false;
    } else if (byte === QUOTE) inText = true;
    // Of { } and [ ] the bit 0x20 is the only difference.
    else if ((byte | 0x20) === 0x7b) {
      depth += 1;
      if (depth > MOST_LEVELS) return true;
    } else if ((byte | 0x20) === 0x7d) depth -= 1;
  }
  return false;
}

/** Most responses are one list of numbers: they have a few brackets, and to find them is quicker than to look at each byte. */
function hasManyBrackets(json: Buffer): boolean {
  let found = 0;
  for (const bracket of ["[", "{"]) {
    for (let at = json.indexOf(bracket); at !== -1; at = json.indexOf(bracket, at + 1)) {
      found += 1;
      if (found > MOST_LEVELS) return true;
    }
  }
  return false;
}
