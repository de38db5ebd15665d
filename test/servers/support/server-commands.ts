import { fileURLToPath } from "node:url";
import type { PythonEnvironment } from "../../../scripts/lib/python-environment.ts";
import { runCommand } from "../../support/run-command.ts";
import type { RunningName, ServerCommand } from "./servers.ts";

const MODELS = fileURLToPath(new URL("../models/", import.meta.url));

/** How each server is started, with its temporary files in `folder`; or why it cannot be. */
export async function serverCommand(
  name: RunningName,
  environment: PythonEnvironment,
  folder: string,
): Promise<ServerCommand | { readonly missing: string }> {
  if ("missing" in environment) return environment;
  if (name === "sagemaker" && (await runCommand("java", ["-version"])).code !== 0) {
    return {
      missing: "there is no Java on the PATH; install one, such as OpenJDK 17 (apt install openjdk-17-jre-headless)",
    };
  }
  // `mlflow` starts `uvicorn` by its name.
  const path = `${environment.bin}:${process.env["PATH"] ?? ""}`;
  return { ...COMMANDS[name], env: { PATH: path, PYTHONPATH: MODELS, TMPDIR: folder, ...COMMANDS[name].env } };
}

const mlflow = (model: string): ServerCommand => ({
  command: `mlflow models serve -m '${MODELS}${model}' -p {port} --env-manager local`,
  healthPath: "/ping",
  env: {},
});

const COMMANDS: Readonly<Record<RunningName, ServerCommand>> = {
  mlflow: mlflow("mlflow"),
  mlflowUntyped: mlflow("mlflow-untyped"),
  mlserver: {
    command: `MLSERVER_HTTP_PORT={port} mlserver start '${MODELS}mlserver'`,
    healthPath: "/v2/health/ready",
    env: { MLSERVER_GRPC_PORT: "0", MLSERVER_METRICS_PORT: "0" },
  },
  // The toolkit's own start script writes into /etc and allows one server a machine: what it does is done here without either. A server keeps
  // its process id and its sockets in the temporary folder.
  sagemaker: {
    command: [
      "export TEMP=$(mktemp -d) && export TMPDIR=$TEMP &&",
      "MMS_INFERENCE_ADDRESS=http://127.0.0.1:{port} MMS_MANAGEMENT_ADDRESS=http://127.0.0.1:{port}",
      "exec multi-model-server --foreground --start --mms-config",
      `'${MODELS}sagemaker/mms.properties' --model-store / --models 'model=${MODELS}sagemaker'`,
    ].join(" "),
    healthPath: "/ping",
    env: { SAGEMAKER_PROGRAM: "inference.py", LOG_LOCATION: "mms-logs", METRICS_LOCATION: "mms-logs" },
  },
};
