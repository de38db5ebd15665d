import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { localBackend } from "../../src/backends/local/index.ts";
import type { BackendContext, ScoringSession } from "../../src/core/ports/scoring-backend.ts";
import type { ConformanceTarget } from "../../src/testing/index.ts";
import { verifyBackend } from "../../src/testing/index.ts";
import type { TestServer } from "./support/servers.ts";
import { protocolsOf, SERVERS, serverFor, setScript } from "./support/servers.ts";

/** 10,000 requests of one row: see conformance.test.ts. */
const LONG = "answers 10,000 lines in order";

let folder: string;
let server: TestServer;
const sessions = new Map<string, Promise<ScoringSession>>();
let current: BackendContext;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "local-command-"));
});
afterAll(async () => {
  for (const session of sessions.values()) await (await session).close();
  await rm(folder, { recursive: true, force: true });
});

const script = (): { scriptFile: string } => ({ scriptFile: join(folder, "script.json") });

/** MLflow imports for seconds, so that it is started once per protocol and shape of prediction, as once per run: a run's predictions have one shape. */
function sessionFor(context: BackendContext, predicts: string): Promise<ScoringSession> {
  const { protocol } = context;
  const key = `${protocol.id}-${predicts}`;
  const { command, healthPath, env } = server;
  const options = { command, health_path: healthPath, env: { ...env, SCRIPT_FILE: script().scriptFile } };
  const session =
    sessions.get(key) ??
    localBackend.create(localBackend.parseOptions(options)).open({
      ...context,
      logDirectory: join(folder, key),
      baseDirectory: folder,
      events: (event) => current.events(event),
      signal: new AbortController().signal,
    });
  sessions.set(key, session);
  return session;
}

const target: ConformanceTarget = {
  name: `local with the command of ${SERVERS.mlflow.title}`,
  capabilities: { ...localBackend.capabilities, protocols: protocolsOf("mlflow") },
  deviations: {
    "sends again what a dropped connection lost": {
      kind: "never",
      reason: "a server that the run starts has nothing before it that could lose an answer",
      code: "NOT_RETRIED",
    },
  },
  async start(wanted, context) {
    current = context;
    await setScript(script(), wanted);
    const session = await sessionFor(context, wanted.predicts ?? "id");
    return {
      session: { score: (shards, signal) => session.score(shards, signal), close: async () => undefined },
      stop: () => setScript(script(), null),
    };
  },
};

const whereItRuns = (title: string, body: () => Promise<void>): void => {
  if (title === LONG) return;
  it(title, async (context) => {
    server = serverFor(context, "mlflow");
    await body();
  });
};

verifyBackend({ describe, it: whereItRuns }, target);
