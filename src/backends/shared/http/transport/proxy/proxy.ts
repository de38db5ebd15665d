import process from "node:process";
import { ScoreframeError } from "../../../../../core/errors/scoreframe-error.ts";
import { urlSecrets } from "../../../../../core/secrets/url-secrets.ts";
import { isExempt } from "./no-proxy.ts";

/** A proxy on the way to a server. */
export type HttpProxy = {
  /** Its address without credentials, as messages show it. */
  readonly origin: string;
  /** The environment's variable that names it. */
  readonly variable: string;
  /** The value of `Proxy-Authorization`; null if the variable has no credentials. */
  readonly authorization: string | null;
  /** The secrets in the variable, which no message may show. */
  readonly secrets: readonly string[];
};

/**
 * The proxy that the environment names for an address, as curl and Node.js choose it: `HTTPS_PROXY` for https://, `HTTP_PROXY` for http://, unless
 * `NO_PROXY` names the host; a variable in lower case counts before the same in upper case. Throws BACKEND_OPTIONS_INVALID, which does not show
 * the variable's value: it may hold a password.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv = process.env): HttpProxy | null {
  const variable = firstSet(env, url.protocol === "https:" ? "https_proxy" : "http_proxy");
  const exempt = firstSet(env, "no_proxy");
  if (variable === null || (exempt !== null && isExempt(url, env[exempt] ?? ""))) return null;
  const address = (env[variable] ?? "").trim();
  const parsed = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`);
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    const message = `The environment variable ${variable} is not the address of an HTTP proxy: expected http://host:port or https://host:port. Correct or unset it, or add ${url.hostname} to NO_PROXY.`;
    throw new ScoreframeError("BACKEND_OPTIONS_INVALID", message, { option: variable });
  }
  const authorization = authorizationOf(parsed);
  return { origin: parsed.origin, variable, authorization, secrets: urlSecrets(parsed.href) };
}

/** A proxy as a message names it. */
export function proxyText({ origin, variable }: HttpProxy): string {
  return `the proxy ${origin} (${variable})`;
}

/** The header that authenticates us at the proxy, if there are credentials. */
export function credentials({ authorization }: HttpProxy): Readonly<Record<string, string>> {
  return authorization === null ? {} : { "proxy-authorization": authorization };
}

function firstSet(env: NodeJS.ProcessEnv, name: string): string | null {
  const upper = name.toUpperCase();
  if (env[name]) return name;
  return env[upper] ? upper : null;
}

function authorizationOf({ username, password }: URL): string | null {
  if (username === "" && password === "") return null;
  const text = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

/** A password may have a percent sign that is not part of an escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
