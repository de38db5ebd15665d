import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";

/** Where profiles are kept: those with settings, and those with keys. */
export function profileFiles(env: NodeJS.ProcessEnv = process.env): readonly [config: string, credentials: string] {
  const folder = join(homedir(), ".aws");
  return [
    env["AWS_CONFIG_FILE"] || join(folder, "config"),
    env["AWS_SHARED_CREDENTIALS_FILE"] || join(folder, "credentials"),
  ];
}

/** All profiles, each with the names of its settings; values are not read. */
export function readProfiles(env: NodeJS.ProcessEnv = process.env): Map<string, Set<string>> {
  const [config, credentials] = profileFiles(env).map(textOf) as [string, string];
  const profiles = new Map<string, Set<string>>();
  for (const [text, heading] of [
    [config, /^\[\s*(?:profile\s+)?([^\]]+?)\s*\]/],
    [credentials, /^\[\s*([^\]]+?)\s*\]/],
  ] as const) {
    let settings = new Set<string>();
    for (const line of text.split(/\r?\n/)) {
      const name = heading.exec(line)?.[1]?.replace(/^(["'])(.*)\1$/, "$2");
      if (name !== undefined) {
        settings = profiles.get(name) ?? new Set();
        if (!/^(sso-session|services) /.test(name)) profiles.set(name, settings);
      } else {
        const key = /^([\w-]+)\s*=/.exec(line)?.[1];
        if (key !== undefined) settings.add(key);
      }
    }
  }
  return profiles;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
