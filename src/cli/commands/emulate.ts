import { resolve } from "node:path";
import { Argument, Command } from "commander";
import { EMULATORS } from "../../composition/start-emulator.ts";
import type { CliContext, Conclude } from "../cli-context.ts";
import { EXIT_CODES } from "../failures/exit-code.ts";
import type { Example } from "../help/add-help.ts";
import { addHelp } from "../help/add-help.ts";
import { parsePort, parseSeconds } from "../options/parse-count.ts";
import type { OutputOptions } from "../options/shared-options.ts";
import { addOutputOptions } from "../options/shared-options.ts";
import { printDocument } from "../print-document.ts";

type EmulateOptions = OutputOptions & {
  readonly port?: number;
  readonly host?: string;
  readonly s3Endpoint?: string;
  readonly config?: string;
  readonly startSeconds?: number;
  readonly objectSeconds?: number;
  readonly stopSeconds?: number;
};

const DEFAULT_PORT = 4570;

const EXAMPLES: readonly Example[] = [
  ["SageMaker at port 4570, with its objects on LocalStack", "emulate sagemaker --s3-endpoint http://localhost:4566"],
  ["with a configuration, on a free port", "emulate sagemaker --config sagemaker.yaml --port 0 --json"],
];

export function emulateCommand(context: CliContext, conclude: Conclude): Command {
  const command = new Command("emulate")
    .description("run a service of AWS on this machine, for tests with real clients")
    .addArgument(new Argument("<service>", "which").choices(Object.keys(EMULATORS)))
    .option("--port <port>", "where to listen; 0 takes a free port (default: 4570)", parsePort)
    .option("--host <address>", "address to listen on; a container needs 0.0.0.0 (default: 127.0.0.1)")
    .option("--s3-endpoint <url>", "where the objects are (default: AWS_ENDPOINT_URL_S3, or AWS itself)")
    .option("--config <file>", "YAML: what answers for each image, and how strict to be")
    .option("--start-seconds <seconds>", "from the creation of a job to its start (default: 0.2)", parseSeconds)
    .option("--object-seconds <seconds>", "least time that each object takes (default: 0)", parseSeconds)
    .option("--stop-seconds <seconds>", "from a stop to its end (default: 0.2)", parseSeconds);
  addOutputOptions(command);
  addHelp(command, EXAMPLES);
  return command.action(async (service: string, options: EmulateOptions) => {
    const emulator = await start(service, options, context);
    try {
      announce(service, emulator.url, options, context);
      await untilAborted(context.signal);
    } finally {
      await emulator.close();
    }
    conclude(EXIT_CODES.success);
  });
}

function start(service: string, options: EmulateOptions, { workingDirectory, stderr }: CliContext) {
  const { port = DEFAULT_PORT, host, s3Endpoint, config, startSeconds, objectSeconds, stopSeconds } = options;
  // Commander has checked the name.
  const startEmulator = EMULATORS[service] as (typeof EMULATORS)[string];
  return startEmulator({
    port,
    ...(host === undefined ? {} : { host }),
    ...(s3Endpoint === undefined ? {} : { s3Endpoint }),
    ...(config === undefined ? {} : { config: resolve(workingDirectory, config) }),
    latency: {
      ...(startSeconds === undefined ? {} : { start: startSeconds }),
      ...(objectSeconds === undefined ? {} : { object: objectSeconds }),
      ...(stopSeconds === undefined ? {} : { stop: stopSeconds }),
    },
    baseDirectory: workingDirectory,
    log: (line) => stderr.write(`${line}\n`),
  });
}

/** A program that waits for the URL reads one line, or one document. */
function announce(service: string, url: string, { json }: EmulateOptions, context: CliContext): void {
  if (json === true) printDocument({ service, url, error: null }, context);
  else context.stdout.write(`${url}\n`);
  context.stderr.write(
    `Emulating ${service} until it is stopped. Clients find it by AWS_ENDPOINT_URL_${service.toUpperCase()}=${url}\n`,
  );
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener("abort", () => done(), { once: true });
  });
}
