/** Shorter values would blank out ordinary words and are no secrets. */
const SHORTEST_SECRET = 6;

/** Headers that say how to talk, not who one is. */
const PUBLIC_HEADERS = new Set(["content-type", "accept", "user-agent", "accept-language"]);

/**
 * A function that blanks every configured header value out of a text: a server may echo what it was sent. `Bearer x` and `Basic x` are blanked
 * as a whole and as `x`.
 */
export function createRedactor(headers: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    if (PUBLIC_HEADERS.has(name.toLowerCase())) continue;
    for (const secret of [value, value.replace(/^\S+\s+/, "")]) {
      if (secret.length >= SHORTEST_SECRET) secrets.add(secret);
    }
  }
  return (text) => {
    let clean = text;
    for (const secret of secrets) clean = clean.replaceAll(secret, "***");
    return clean;
  };
}

/** A URL for a message: without user, password, query and fragment, where credentials hide. */
export function printableUrl(url: string | URL): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
