/** Codes in the `error` object of the model server's answers. Documented in docs/reference/backends/local.md. */
export type ServerErrorCode =
  | "INVALID_JSON"
  | "INVALID_REQUEST"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "PAYLOAD_TOO_LARGE"
  | "NOT_FOUND"
  | "MODEL_LOADING"
  | "MODEL_FAILED";

/** A request that is answered with an error: its HTTP status, and what the answer's `error` object says. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly status: number;
  readonly code: ServerErrorCode;

  constructor(status: number, code: ServerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.status = status;
    this.code = code;
  }
}
