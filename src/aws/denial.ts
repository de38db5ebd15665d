/** Who may do what is missing: the action and the resource of IAM's own words, where it gives them. */
export type Denial = { readonly action: string; readonly resource: string; readonly explicit: boolean };

const IAM = /is not authorized to perform: ([\w-]+:\w+)(?: on resource: "?([^\s"]+)"?)?/;

/** Null where AWS says no more than "Access Denied". */
export function parseDenial(message: string): Denial | null {
  const found = IAM.exec(message);
  if (found === null) return null;
  return { action: found[1] ?? "", resource: found[2] ?? "", explicit: /explicit deny/.test(message) };
}
