/** `scoreframe/emulators`: AWS services that run on this machine, for tests with real clients. */
export type { ImageSource } from "./sagemaker/containers/image-source.ts";
export {
  createSagemakerEmulator,
  type SagemakerEmulator,
} from "./sagemaker/create-sagemaker-emulator.ts";
export type { SagemakerEmulatorOptions } from "./sagemaker/sagemaker-options.ts";
export type { SagemakerSettings } from "./sagemaker/sagemaker-settings.ts";
