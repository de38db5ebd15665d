import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { z } from "zod";

/** The process that holds a lock or writes a run's record, so that another one can see whether it has ended. */
export const processOwner = z.object({
  host: z.string(),
  /** The scope of process ids: a boot of a machine, and a container on it. Host names are not unique. */
  machine: z.string().optional(),
  pid: z.int().positive(),
  /** When the process began, in the system's own unit: a process id is used again. */
  started: z.string().nullish(),
});

export type ProcessOwner = z.infer<typeof processOwner>;

/** This process. */
export function thisProcess(): ProcessOwner {
  return {
    host: hostname(),
    machine: machineIdentity(),
    pid: process.pid,
    started: statusOf(process.pid)?.started ?? null,
  };
}

/** True only if it is certain. Nothing is known of a process of another machine or container. */
export function hasEnded({ machine, pid, started }: ProcessOwner): boolean {
  if (machine !== machineIdentity()) return false;
  if (!isAlive(pid)) return true;
  const status = statusOf(pid);
  if (status === null) return false;
  // A zombie has ended; its parent has not asked for its exit code yet.
  return "ZX".includes(status.state) || (typeof started === "string" && started !== status.started);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH");
  }
}

/** The boot and the namespace of process ids on Linux; on other systems, which have no containers, the host's name. */
export function machineIdentity(): string {
  try {
    return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

/** Null if the system does not report it. */
function statusOf(pid: number): { readonly state: string; readonly started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before it may hold spaces and parentheses. See proc_pid_stat(5): field 3 is the state, field 22 the start time.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", started: fields[19] ?? "" };
  } catch {
    return null;
  }
}
