import { readdir, readFile } from "node:fs/promises";

/**
 * Whether a process group has a running member. Zombies do not count: in a container without a process that reaps them they stay forever, and
 * a signal to them succeeds.
 */
export async function groupIsAlive(group: number): Promise<boolean> {
  if (!signalGroup(group, 0)) return false;
  if (process.platform !== "linux") return true;
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(ids.map((id) => runsIn(id, group)));
  return members.includes(true);
}

/** Whether there was a process to take the signal. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

/** From /proc/<pid>/stat (proc_pid_stat(5)): after the name in parentheses come the state, the parent and the group. */
async function runsIn(id: string, group: number): Promise<boolean> {
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => "");
  const [state, , ownGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(ownGroup) === group && state !== "Z" && state !== "X";
}
