import { spawn } from "node:child_process";
import process from "node:process";
import { untilAnswered } from "./until-answered.ts";

export type StartedServer = { stop(): Promise<void> };

const START_MS = 30_000;
const END_MS = 3000;

/** Starts a program and waits until its port sends an HTTP response, of any status. */
export async function startServer(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  endpoint: string,
): Promise<StartedServer> {
  const child = spawn(file, args, {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches every process of a terminal: what uses the server has to end before it does.
    detached: true,
  });
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = `${output}${text}`.slice(-4000);
    });
  }
  child.once("error", ({ message }) => {
    output += message;
  });
  const ended = new Promise<void>((resolve) => void child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    const hard = setTimeout(() => child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(hard);
    process.removeListener("exit", endWithUs);
  };
  if (await untilAnswered(endpoint, START_MS, () => child.exitCode !== null || child.pid === undefined))
    return { stop };
  await stop();
  throw new Error(`${file} did not come up at ${endpoint}:\n${output}`);
}
