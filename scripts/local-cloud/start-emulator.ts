import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StartedServer } from "./start-server.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Starts `scoreframe emulate sagemaker` in a separate process, as users do; it prints its URL when it is ready. */
export async function startEmulator(
  config: string,
  env: Readonly<Record<string, string>>,
): Promise<StartedServer & { readonly url: string }> {
  const args = [
    "--disable-warning=ExperimentalWarning",
    MAIN,
    "emulate",
    "sagemaker",
    "--port",
    "0",
    "--config",
    config,
  ];
  const child = spawn(process.execPath, args, {
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // Ctrl-C reaches every process of a terminal: what uses the emulator has to end before it does.
    detached: true,
  });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log = `${log}${text}`.slice(-4000);
  });
  const ended = once(child, "close");
  const line = await Promise.race([once(createInterface(child.stdout), "line"), ended.then(() => null)]);
  if (line === null) throw new Error(`The SageMaker emulator did not start:\n${log}`);
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    process.removeListener("exit", endWithUs);
  };
  return { url: String(line[0]), stop };
}
