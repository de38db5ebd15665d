import { ScoreframeError } from "../core/errors/scoreframe-error.ts";
import type { SagemakerEmulatorOptions } from "../emulators/index.ts";

export type EmulatorRequest = {
  /** An absolute path. */
  readonly config?: string;
  readonly port: number;
  readonly host?: string;
  readonly s3Endpoint?: string;
  /** In seconds; each overrides the configuration's. */
  readonly latency: { readonly start?: number; readonly object?: number; readonly stop?: number };
  readonly baseDirectory: string;
  log(line: string): void;
};

export type RunningEmulator = { readonly url: string; close(): Promise<void> };

/** The services that can be emulated, by the name that the command line gives them. */
export const EMULATORS: Readonly<Record<string, (request: EmulatorRequest) => Promise<RunningEmulator>>> = {
  sagemaker: startSagemaker,
};

async function startSagemaker({ config, latency, ...request }: EmulatorRequest): Promise<RunningEmulator> {
  // Loaded here, so that --help and usage errors are quick.
  const { createSagemakerEmulator } = await import("../emulators/index.ts");
  const { readSagemakerConfig } = await import("../emulators/sagemaker/read-config.ts");
  const { describeS3 } = await import("../emulators/host/s3/find-s3.ts");
  const configured: SagemakerEmulatorOptions = config === undefined ? {} : await readSagemakerConfig(config);
  const settings = { ...configured.settings, latency: { ...configured.settings?.latency, ...latency } };
  const emulator = await createSagemakerEmulator({ ...request, ...configured, settings }).catch((thrown: unknown) => {
    throw config === undefined ? thrown : namingFile(config, thrown);
  });
  for (const line of await describeS3(request.s3Endpoint)) request.log(line);
  return emulator;
}

/** Errors of the options name the configuration file. */
function namingFile(config: string, thrown: unknown): unknown {
  if (!ScoreframeError.is(thrown) || thrown.code !== "EMULATOR_OPTIONS_INVALID") return thrown;
  return new ScoreframeError(thrown.code, `The emulator's configuration ${config} is not valid: ${thrown.message}`, {
    ...thrown.facts,
    cause: thrown,
  });
}
