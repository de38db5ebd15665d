import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../core/util/did-you-mean.ts";
import type { SagemakerEmulatorOptions } from "./sagemaker-options.ts";
import { DEFAULT_SETTINGS } from "./sagemaker-settings.ts";

const OPTIONS: Readonly<Record<keyof SagemakerEmulatorOptions, true>> = {
  s3Endpoint: true,
  host: true,
  port: true,
  images: true,
  baseDirectory: true,
  account: true,
  settings: true,
  log: true,
};

/** Rejects unknown names, which TypeScript cannot see in JavaScript. Throws `EMULATOR_OPTIONS_INVALID`. */
export function checkOptions(options: SagemakerEmulatorOptions): void {
  checkNames("", options, Object.keys(OPTIONS));
  checkNames("settings.", options.settings ?? {}, Object.keys(DEFAULT_SETTINGS));
  checkNames("settings.latency.", options.settings?.latency ?? {}, Object.keys(DEFAULT_SETTINGS.latency));
}

function checkNames(place: string, given: object, known: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ScoreframeError(
    "EMULATOR_OPTIONS_INVALID",
    `createSagemakerEmulator: the option ${place}${unknown} is not known.${didYouMean(unknown, known)} The options there are ${known.join(", ")}.`,
    { operation: "read the emulator's options", option: `${place}${unknown}` },
  );
}
