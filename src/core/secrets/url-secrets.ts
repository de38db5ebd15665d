/** Addresses in which `?` matches any character of a file's name and does not begin a query. */
const OF_FILES = /^(s3|s3a|s3n|gs|file):/i;
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi;
const USER = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@]*)@/i;

const HIDDEN = "***";

/** Text whose addresses have no user, password or value of a query; parts that `keep` stay as they are. */
export function hideUrlSecrets(text: string, keep: (part: string) => boolean = () => false): string {
  return text.replaceAll(ADDRESS, (address) => {
    const withoutUser = address.replace(USER, (_, scheme: string, user: string) => {
      const parts = user.split(/:(?![^{]*\})/).map((part) => (keep(part) ? part : HIDDEN));
      return `${scheme}${parts.join(":")}@`;
    });
    const mark = withoutUser.indexOf("?");
    if (mark === -1 || OF_FILES.test(address)) return withoutUser;
    const query = withoutUser.slice(mark + 1).replaceAll(/[^&#]+/g, (pair) => hideValue(pair, keep));
    return `${withoutUser.slice(0, mark)}?${query}`;
  });
}

function hideValue(pair: string, keep: (part: string) => boolean): string {
  const equals = pair.indexOf("=");
  const value = pair.slice(equals + 1);
  if (value === "" || keep(value)) return pair;
  return equals === -1 ? HIDDEN : `${pair.slice(0, equals)}=${HIDDEN}`;
}

/** Text whose addresses have no user and no password. */
export function hideUsers(text: string): string {
  return text.replaceAll(ADDRESS, (address) =>
    address.replace(USER, (whole, scheme: string, user: string) =>
      /^[*:]+$/.test(user) ? whole : `${scheme}${HIDDEN}@`,
    ),
  );
}

/** What the addresses of a text give away: passwords, users, queries and the values in them, and how a server may repeat these. */
export function urlSecrets(text: string): string[] {
  return [...text.matchAll(ADDRESS)].flatMap(([address]) => {
    const url = URL.parse(address);
    if (url === null) return [];
    const [user, password] = [decode(url.username), decode(url.password)];
    const basic = user === "" ? [] : [password, Buffer.from(`${user}:${password}`).toString("base64")];
    const queries = OF_FILES.test(address) ? [] : [url.search.slice(1), ...url.searchParams.values()];
    return [...(password === "" ? [user] : []), ...basic, ...queries];
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
