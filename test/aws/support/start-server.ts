import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export type StartedServer = { stop(): Promise<void> };

/** Starts a program and waits until its port answers HTTP, whatever it answers. */
export async function startServer(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  endpoint: string,
): Promise<StartedServer> {
  const child = spawn(file, args, { env: { PATH: process.env["PATH"], ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = `${output}${text}`.slice(-4000);
    });
  }
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  for (let tries = 0; tries < 300; tries += 1) {
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return { stop };
    if (child.exitCode !== null) break;
    await sleep(100);
  }
  await stop();
  throw new Error(`${file} did not come up at ${endpoint}:\n${output}`);
}
