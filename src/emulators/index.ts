/** `scoreframe/emulators`: AWS services that run on this machine, for tests with real clients. */
export type { ImageSource } from "./sagemaker/containers/image-source.ts";
export {
  createSagemakerEmulator,
  type SagemakerEmulator,
  type SagemakerEmulatorOptions,
} from "./sagemaker/create-sagemaker-emulator.ts";
export type { SagemakerSettings } from "./sagemaker/sagemaker-settings.ts";
