/** The missing right: its action and resource in IAM's words, if IAM names them. */
export type Denial = { readonly action: string; readonly resource: string; readonly explicit: boolean };

const IAM = /is not authorized to perform: ([\w-]+:\w+)(?: on resource: "?([^\s"]+)"?)?/;

/** Null if AWS says no more than "Access Denied". */
export function parseDenial(message: string): Denial | null {
  const found = IAM.exec(message);
  if (found === null) return null;
  return { action: found[1] ?? "", resource: found[2] ?? "", explicit: /explicit deny/.test(message) };
}
