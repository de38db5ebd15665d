export { sagemakerBackend } from "./sagemaker-backend.ts";
export type { SagemakerOptions } from "./sagemaker-options.ts";
