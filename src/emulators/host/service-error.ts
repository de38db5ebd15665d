/** An answer with an error of the service, as its clients see it: a type, a text and an HTTP status. */
export class ServiceError extends Error {
  readonly type: string;
  readonly status: number;
  /** Errors that the API model describes spell their member `Message`; all others spell it `message`. */
  readonly member: "message" | "Message";

  constructor(type: string, message: string, facts: { status?: number; member?: "message" | "Message" } = {}) {
    super(message);
    this.type = type;
    this.status = facts.status ?? 400;
    this.member = facts.member ?? "message";
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError("ValidationException", message);
}

/** The error for what the service does and the emulator does not. No service uses this name, so no client mistakes it for another error. */
export function notEmulated(what: string, instead: string): ServiceError {
  return new ServiceError("NotEmulated", `The emulator does not do this: ${what}. ${instead}`);
}
