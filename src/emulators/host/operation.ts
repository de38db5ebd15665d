/** The caller of an operation, and the region. */
export type Caller = { readonly region: string; readonly account: string };

/** One operation of a service: takes the parsed body, answers what is sent back as JSON (undefined members are left out). */
export type Operation = (input: unknown, caller: Caller) => object | Promise<object>;

/** A service of the AWS JSON protocol, as the server sees it. */
export type EmulatedService = {
  /** The name in a signature's scope: `sagemaker`. */
  readonly signingName: string;
  /** The part before the `.` in `X-Amz-Target`. */
  readonly targetPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
};
