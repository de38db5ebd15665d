/** A server that keeps the contract of SageMaker's containers. */
export type RunningContainer = {
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** @default "/invocations" */
  readonly invocationsPath?: string;
  /** Whether it has answered a ping already. */
  readonly isReady?: boolean;
  stop(): Promise<void>;
};
