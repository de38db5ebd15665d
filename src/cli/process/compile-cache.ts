import { lstatSync, mkdirSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Permissions that let users other than the owner write. */
const WRITABLE_BY_OTHERS = 0o022;

/**
 * Lets Node keep compiled code, which halves the time of a short command. Only in a folder that no other user can write to, because that code is run.
 * Node's own default is a folder in the system's temporary directory, which anyone may have made before.
 */
export function useCompileCache(env: NodeJS.ProcessEnv = process.env): void {
  const folder = ownFolder(env);
  if (folder !== null) enableCompileCache(folder);
}

/** A folder that only this user can write to, created if necessary; null if there is no safe one. */
function ownFolder(env: NodeJS.ProcessEnv): string | null {
  const { XDG_CACHE_HOME: given = "" } = env;
  const root = join(isAbsolute(given) ? given : join(homedir(), ".cache"), "scoreframe");
  const folder = join(root, "compiled");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return isOwn(root) && isOwn(folder) ? folder : null;
  } catch {
    return null;
  }
}

/** Windows protects the folders of a user's profile from others. To `lstat`, a link is not a folder. */
function isOwn(folder: string): boolean {
  const stat = lstatSync(folder);
  if (!stat.isDirectory()) return false;
  return process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & WRITABLE_BY_OTHERS) === 0);
}
