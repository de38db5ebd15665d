import { spawnSync } from "node:child_process";
import { cp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import type { EndedProcess } from "../../../cli/support/run-cli.ts";
import { runCli } from "../../../cli/support/run-cli.ts";

/** In a mount namespace of its own, which needs no rights: the disk is put over the folder with what was there, and copied out at the end. */
const NAMESPACE = ["unshare", "--map-root-user", "--mount"];
const SCRIPT = `
mount -t tmpfs -o "size=$DISK_SIZE" tmpfs "$DISK" && cp -a "$DISK.before/." "$DISK" || exit 99
[ "$DISK_STATE" != full ] || head -c 64M /dev/zero > "$DISK/.ballast" 2> /dev/null
[ "$DISK_STATE" != read-only ] || mount -o remount,ro "$DISK" || exit 99
"$@"
code=$?
cp -a "$DISK/." "$DISK.after"
exit $code
`;

export type SmallDisk = {
  /** Folder that the disk stands for; what is in it is on the disk. */
  readonly folder: string;
  /** As tmpfs takes it: `1m`. */
  readonly size: string;
  readonly state?: "full" | "read-only";
};

/** Why no small disk can be had here; null where one can. */
export function whyNoSmallDisk(): string | null {
  const [program = "", ...args] = [...NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", tmpdir()];
  const tried = spawnSync(program, args, { encoding: "utf8" });
  if (tried.status === 0) return null;
  return `no small disk can be mounted here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** Runs the command line while a folder is a small disk; afterwards the folder holds what was left on it. */
export async function runOnSmallDisk(disk: SmallDisk, args: readonly string[], cwd: string): Promise<EndedProcess> {
  const { folder, size, state = "free" } = disk;
  const [before, after] = [`${folder}.before`, `${folder}.after`];
  await mkdir(folder, { recursive: true });
  await mkdir(after);
  await cp(folder, before, { recursive: true });
  const through = [...NAMESPACE, "sh", "-c", SCRIPT, "sh"];
  const ended = await runCli(args, { cwd, env: { DISK: folder, DISK_SIZE: size, DISK_STATE: state }, through });
  await rm(folder, { recursive: true });
  await cp(after, folder, { recursive: true });
  await rm(before, { recursive: true });
  await rm(after, { recursive: true });
  return ended;
}
