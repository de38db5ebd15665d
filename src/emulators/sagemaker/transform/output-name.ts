/**
 * The part of a key that its output keeps: what follows the prefix if the prefix is a folder, with or without its `/`; otherwise what follows
 * the last `/` of the prefix. `in/part-` and `in/part-0.jsonl` give `part-0.jsonl`.
 */
export function outputName(prefix: string, key: string): string {
  const folder = prefix.endsWith("/") || prefix === "" ? prefix : `${prefix}/`;
  if (key.startsWith(folder)) return key.slice(folder.length);
  return key.slice(prefix.lastIndexOf("/") + 1);
}
