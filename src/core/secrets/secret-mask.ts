import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { hideUsers } from "./url-secrets.ts";

/** Takes secrets out of what leaves the process: messages, events, reports. */
export type SecretMask = {
  /** In each of their spellings. Empty if there are none. */
  readonly secrets: readonly string[];
  text(text: string): string;
  /** A path or an address for a report: only what is a secret wherever it is. */
  path(path: string): string;
  /** The same value if no text in it has a secret. */
  value<T>(value: T): T;
  /** The same error if neither it nor its causes have one. */
  error(thrown: unknown): unknown;
};

/** Shorter values would blank out ordinary words, and are no secrets. */
const SHORTEST_SECRET = 6;
/** As much of a secret as a text that was cut may end with. */
const SHORTEST_PART = 4;
const HIDDEN = "***";

/**
 * A mask of these values, however a text spells them: as they are, in JSON, in an address, behind `Bearer`, or cut off before `…`. `named`: those
 * that are masked in paths, too.
 */
export function createSecretMask(values: Iterable<string>, named: Iterable<string> = []): SecretMask {
  const secrets = allSpellings(values);
  const inPaths = allSpellings(named);

  const text = (given: string): string => {
    let clean = given.includes("://") ? hideUsers(given) : given;
    for (const secret of secrets) clean = clean.replaceAll(secret, HIDDEN);
    return secrets.length > 0 && clean.includes("…") ? hideCut(clean, secrets) : clean;
  };

  const value = <T>(given: T): T => {
    if (typeof given === "string") return text(given) as T;
    if (Array.isArray(given)) {
      const masked = given.map((item) => value(item));
      return masked.every((item, index) => Object.is(item, given[index])) ? given : (masked as T);
    }
    if (typeof given !== "object" || given === null || !isPlain(given)) return given;
    const entries = Object.entries(given).map(([key, item]) => [text(key), value(item)] as const);
    const isSame = Object.entries(given).every(
      ([key, item], index) => entries[index]?.[0] === key && Object.is(entries[index]?.[1], item),
    );
    return isSame ? given : (Object.fromEntries(entries) as T);
  };

  const error = (thrown: unknown): unknown => {
    if (typeof thrown === "string") return text(thrown);
    if (!(thrown instanceof Error)) return thrown;
    const [message, stack, cause] = [text(thrown.message), text(thrown.stack ?? ""), error(thrown.cause)];
    const facts = ScoreframeError.is(thrown) ? value(thrown.facts) : undefined;
    const isSame = message === thrown.message && stack === (thrown.stack ?? "") && cause === thrown.cause;
    if (isSame && (!ScoreframeError.is(thrown) || facts === thrown.facts)) return thrown;
    const masked = ScoreframeError.is(thrown)
      ? new ScoreframeError(thrown.code, message, { ...facts, cause })
      : Object.assign(new Error(message, { cause }), { name: thrown.name });
    return Object.assign(masked, { stack });
  };

  const path = (given: string): string =>
    inPaths.reduce(
      (clean, secret) => clean.replaceAll(secret, HIDDEN),
      given.includes("://") ? hideUsers(given) : given,
    );

  return { secrets, text, path, value, error };
}

/** Runs work whose error leaves the process: it is thrown without secrets. */
export async function withMaskedErrors<T>(mask: SecretMask, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw mask.error(thrown);
  }
}

function allSpellings(values: Iterable<string>): string[] {
  return [...new Set([...values].flatMap(spellings))]
    .filter((secret) => secret.length >= SHORTEST_SECRET && secret !== HIDDEN)
    .sort((a, b) => b.length - a.length);
}

function spellings(value: string): string[] {
  const alone = value.replace(/^(Bearer|Basic|Token|ApiKey)\s+/i, "");
  return [value, alone].flatMap((each) => [
    each,
    JSON.stringify(each).slice(1, -1),
    encodeURIComponent(each.toWellFormed()),
  ]);
}

/** An excerpt may end in the middle of a secret. */
function hideCut(text: string, secrets: readonly string[]): string {
  const [last = "", ...before] = text.split("…").reverse();
  const masked = before.reverse().map((part) => {
    for (const secret of secrets) {
      for (let length = secret.length - 1; length >= SHORTEST_PART; length -= 1) {
        if (part.endsWith(secret.slice(0, length))) return part.slice(0, -length) + HIDDEN;
      }
    }
    return part;
  });
  return [...masked, last].join("…");
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
