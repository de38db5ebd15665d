import type { JobPath } from "../../domain/job-path.ts";
import { isRecord, mapTexts } from "../../domain/job-path.ts";
import { hideArguments } from "../../secrets/job-secrets.ts";
import { isSecretKey, isSecretVariable } from "../../secrets/secret-keys.ts";
import { mentionsEnvironment, templateNames } from "../read/fill-templates.ts";
import type { SetValues } from "../read/set-overrides.ts";
import { isPluginSource } from "../schema/source-schema.ts";
import { HIDDEN, hideAddresses, hideSecrets } from "./hide-secrets.ts";

/**
 * The values of `--set` as they may be stored and shown. Hidden are those whose key names a secret (`backend.headers.authorization`, `token`), those that
 * fill a variable in a secret's place of the job (`authorization: "Bearer {{ t }}"`), and secrets inside a value.
 */
export function recordedSet(set: SetValues, job: unknown, readTyped: (text: string) => unknown): SetValues {
  const secrets = secretVariables(job);
  return Object.fromEntries(
    Object.entries(set).map(([key, value]) => {
      const isSecret = secrets.has(key) || isSecretPlace(key.split("."));
      const plain = key === "backend.command" ? hideArguments(String(value), mentionsEnvironment) : String(value);
      return [key, isSecret && !mentionsEnvironment(value) ? HIDDEN : withoutSecrets(plain, readTyped)];
    }),
  );
}

/** A header, a variable that is a secret by its name, or something below a key that names a secret. */
function isSecretPlace(path: JobPath): boolean {
  if ((path[0] === "backend" || path[0] === "source") && path[1] === "headers") return true;
  return isSecretVariable(String(path.at(-1))) || path.some((key) => isSecretKey(String(key)));
}

/** Variables that the job uses in places where its record has `***`. */
function secretVariables(job: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const hasPluginSource = isRecord(job) && isPluginSource(job["source"]);
  mapTexts(job, (written, path) => {
    // Blanks end an address.
    const text = written.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, "{{$1}}");
    const isPluginOption = path[0] === "backend" || (hasPluginSource && path[0] === "source");
    const isSecret = isPluginOption && isSecretPlace(path);
    const shown = isSecret ? new Set() : templateNames(hideAddresses(text));
    for (const name of templateNames(text)) if (!shown.has(name)) names.add(name);
    return written;
  });
  return names;
}

/** A value may be an object: `--set backend='{kind: http, headers: {authorization: …}}'`. */
function withoutSecrets(value: string, readTyped: (text: string) => unknown): string {
  const text = hideAddresses(value);
  const data = readTyped(text);
  if (!isRecord(data) && !Array.isArray(data)) return text;
  const shown = JSON.stringify(hideSecrets(data));
  return shown === JSON.stringify(data) ? text : shown;
}
