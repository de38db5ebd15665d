import { rename, writeFile } from "node:fs/promises";
import type { TestContext } from "vitest";
import { inject } from "vitest";
import type { ProtocolId } from "../../../src/core/protocols/protocol.ts";
import type { ModelScript } from "../../../src/testing/index.ts";

/** How a server answers a protocol: the path at which it accepts it, or the status with which it refuses it. */
export type Cell = string | number;

type Server = { readonly title: string; readonly takes: Readonly<Record<ProtocolId, Cell>> };

/** The servers of docs/reference/servers.md. The first protocol that one takes is tried at the greatest length. */
export const SERVERS = {
  mlflow: {
    title: "MLflow 3.17.2",
    takes: {
      dataframe_split: "/invocations",
      dataframe_records: "/invocations",
      instances: "/invocations",
      csv: "/invocations",
      records: 400,
      json_lines: 415,
      open_inference: 400,
    },
  },
  mlserver: {
    title: "MLServer 1.7.1",
    takes: {
      open_inference: "/v2/models/columns/infer",
      dataframe_split: "/invocations",
      dataframe_records: "/invocations",
      instances: "/invocations",
      csv: "/invocations",
      records: 500,
      json_lines: 400,
    },
  },
  sagemaker: {
    title: "SageMaker toolkit 1.10.1",
    takes: {
      json_lines: "/invocations",
      instances: "/invocations",
      records: "/invocations",
      dataframe_split: "/invocations",
      dataframe_records: "/invocations",
      csv: "/invocations",
      open_inference: 500,
    },
  },
} as const satisfies Record<string, Server>;

export type ServerName = keyof typeof SERVERS;
export const SERVER_NAMES: readonly ServerName[] = Object.keys(SERVERS) as ServerName[];

/** MLflow runs twice: with a model that has a signature, and with one that has none and takes any column. */
export type RunningName = ServerName | "mlflowUntyped";

/** The protocols that a server takes. */
export function protocolsOf(name: ServerName): ProtocolId[] {
  const takes: Server["takes"] = SERVERS[name].takes;
  return (Object.keys(takes) as ProtocolId[]).filter((id) => typeof takes[id] === "string");
}

/** How a server is started by hand; `{port}` is replaced with its port. Plain data, for the local backend and for the set-up. */
export type ServerCommand = {
  readonly command: string;
  readonly healthPath: string;
  readonly env: Readonly<Record<string, string>>;
};

/** A server that runs for all tests of the folder. */
export type TestServer = ServerCommand & {
  readonly name: ServerName;
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** What its model reads its script from (models/echo.py). */
  readonly scriptFile: string;
};

declare module "vitest" {
  interface ProvidedContext {
    servers: Readonly<Record<RunningName, TestServer | { readonly missing: string }>>;
  }
}

/** The server, or the end of the test, with the reason in the report. */
export function serverFor(context: Pick<TestContext, "skip">, name: RunningName): TestServer {
  const server = inject("servers")[name];
  return "missing" in server ? context.skip(`${titleOf(name)} does not run here: ${server.missing}`) : server;
}

export function titleOf(name: RunningName): string {
  return SERVERS[name === "mlflowUntyped" ? "mlflow" : name].title;
}

/** Where the server takes requests of the protocol, or would. */
export function urlOf({ name, origin }: Pick<TestServer, "name" | "origin">, protocol: ProtocolId): string {
  const takes: Server["takes"] = SERVERS[name].takes;
  const cell = takes[protocol];
  return `${origin}${typeof cell === "string" ? cell : "/invocations"}`;
}

/** Has the server's model follow the script from now on, or be itself again. At once: a model never reads half of one. */
export async function setScript(
  { scriptFile }: Pick<TestServer, "scriptFile">,
  script: ModelScript | null,
): Promise<void> {
  await writeFile(`${scriptFile}.new`, script === null ? "" : JSON.stringify(script));
  await rename(`${scriptFile}.new`, scriptFile);
}
