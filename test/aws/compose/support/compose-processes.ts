import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ComposeModel } from "./compose-model.ts";
import type { Container, Images } from "./make-container.ts";
import { makeContainer } from "./make-container.ts";
import { placeServices } from "./places.ts";

export type Ended = { readonly code: number | null; readonly output: string };

/** The services of a compose file as processes of this machine. */
export type ComposeProcesses = {
  /** Starts all services without a profile, as `docker compose up --wait` does. */
  up(): Promise<void>;
  /** Starts what a service waits for, then the service, and waits for its end, as `docker compose run` does. */
  run(name: string): Promise<Ended>;
  /** Asks a service as its own health check does. */
  isHealthy(name: string): Promise<boolean>;
  /** A text that names published ports, with those that they are here. */
  onHost(text: string): string;
  /** Ends all of them by SIGTERM; answers which had to be killed. */
  stop(): Promise<readonly string[]>;
};

type Running = { readonly child: ChildProcess; readonly ended: Promise<Ended>; output(): string };

const HEALTHY_MS = 60_000;
const INTERVAL_MS = 200;
/** How long Docker waits before it kills. */
const STOP_MS = 10_000;

/** Nothing is started yet. */
export async function composeProcesses(model: ComposeModel, images: Images): Promise<ComposeProcesses> {
  const folder = await mkdtemp(join(tmpdir(), "compose-"));
  const places = await placeServices(model);
  const containers = new Map<string, Promise<Container>>();
  const running = new Map<string, Running>();
  const ready = new Map<string, Promise<void>>();

  const containerOf = (name: string): Promise<Container> => {
    const made = containers.get(name) ?? makeContainer(name, model, images, places, join(folder, name));
    containers.set(name, made);
    return made;
  };
  const start = async (name: string): Promise<Running> => {
    const { depends_on = {} } = model.services[name] ?? {};
    await Promise.all(Object.entries(depends_on).map(([other, { condition }]) => satisfied(other, condition)));
    const started = launch(await containerOf(name));
    running.set(name, started);
    return started;
  };
  const isHealthy = async (name: string): Promise<boolean> => {
    const container = await containerOf(name);
    const [kind, ...words] = container.healthcheck;
    const argv = kind === "CMD-SHELL" ? ["sh", "-c", ...words] : words;
    return (await launch({ ...container, argv }).ended).code === 0;
  };
  /** Started once, for all that wait for it. */
  const satisfied = (name: string, condition: string): Promise<void> => {
    const wait = ready.get(name) ?? start(name).then((started) => untilReady(name, condition, started));
    ready.set(name, wait);
    return wait;
  };
  const untilReady = async (name: string, condition: string, { child, ended, output }: Running): Promise<void> => {
    if (condition === "service_completed_successfully") {
      const { code } = await ended;
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output()}`);
      return;
    }
    if (condition !== "service_healthy") return;
    const until = performance.now() + HEALTHY_MS;
    while (performance.now() < until && child.exitCode === null) {
      if (await isHealthy(name)) return;
      await sleep(INTERVAL_MS);
    }
    throw new Error(`${name} is not healthy:\n${output()}`);
  };

  return {
    async up() {
      const services = Object.entries(model.services).filter(([, { profiles = [] }]) => profiles.length === 0);
      await Promise.all(
        services.map(([name, { healthcheck }]) =>
          satisfied(name, healthcheck === undefined ? "service_completed_successfully" : "service_healthy"),
        ),
      );
    },
    run: async (name) => (await start(name)).ended,
    isHealthy,
    onHost: places.onHost,
    async stop() {
      const stopped = await Promise.all(Array.from(running, async ([name, each]) => ((await end(each)) ? [] : [name])));
      await rm(folder, { recursive: true, force: true });
      return stopped.flat();
    },
  };
}

function launch({ argv, workdir, env }: Container): Running {
  const [file = "", ...args] = argv;
  const child = spawn(file, args, { cwd: workdir, env: { ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const closed = once(child, "close") as Promise<[number | null]>;
  const ended = closed.then(
    ([code]) => ({ code, output }),
    (thrown: unknown) => ({ code: null, output: String(thrown) }),
  );
  return { child, ended, output: () => output };
}

/** False if it did not end in time. */
async function end({ child, ended }: Running): Promise<boolean> {
  child.kill("SIGTERM");
  let inTime = true;
  const hard = setTimeout(() => {
    inTime = false;
    child.kill("SIGKILL");
  }, STOP_MS);
  await ended;
  clearTimeout(hard);
  return inTime;
}
