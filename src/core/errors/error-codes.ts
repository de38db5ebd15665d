/** What an error is about: the part of the work that a reader of logs or a rule of an alert groups by. */
export type ErrorKind = "job" | "source" | "request" | "scoring" | "pairing" | "output" | "aws" | "emulator" | "run";

/**
 * How the command line exits: 1 if the run failed, 2 if the call, the job or the set-up of the machine has to change first (to run it again
 * does not help), 4 if the run was ended in order before it was done.
 */
export type ErrorExit = 1 | 2 | 4;

/**
 * Every code that an error of scoreframe can carry. Codes are public: they are never renamed and never reused.
 * `docs/reference/errors.md` has one entry per code; a test compares the two in both directions.
 */
export const ERRORS = {
  // The job file and the command line.
  USAGE: { exit: 2, kind: "job" },
  JOB_FILE_NOT_FOUND: { exit: 2, kind: "job" },
  JOB_FILE_UNREADABLE: { exit: 2, kind: "job" },
  JOB_INVALID: { exit: 2, kind: "job" },
  TEMPLATE_VARIABLE_MISSING: { exit: 2, kind: "job" },
  COLUMN_UNKNOWN: { exit: 2, kind: "job" },
  COLUMN_TYPE_UNSUPPORTED: { exit: 2, kind: "job" },
  BACKEND_UNKNOWN: { exit: 2, kind: "job" },
  PLUGIN_LOAD_FAILED: { exit: 2, kind: "job" },
  BACKEND_OPTIONS_INVALID: { exit: 2, kind: "job" },
  PROTOCOL_UNSUPPORTED: { exit: 2, kind: "job" },
  DEPENDENCY_MISSING: { exit: 2, kind: "job" },
  SETUP_INCOMPLETE: { exit: 2, kind: "job" },
  // Sources.
  TABLE_NOT_FOUND: { exit: 2, kind: "source" },
  TABLE_UNREADABLE: { exit: 1, kind: "source" },
  SQL_INVALID: { exit: 2, kind: "source" },
  SOURCE_FAILED: { exit: 1, kind: "source" },
  ROWS_INVALID: { exit: 1, kind: "source" },
  // Requests.
  PARTITION_TOO_LONG: { exit: 1, kind: "request" },
  ROW_TOO_LARGE: { exit: 1, kind: "request" },
  VALUE_UNSENDABLE: { exit: 1, kind: "request" },
  // Scoring.
  MODEL_START_FAILED: { exit: 1, kind: "scoring" },
  MODEL_LOAD_FAILED: { exit: 1, kind: "scoring" },
  MODEL_EXITED: { exit: 1, kind: "scoring" },
  BACKEND_UNREACHABLE: { exit: 1, kind: "scoring" },
  BACKEND_REFUSED: { exit: 1, kind: "scoring" },
  BACKEND_TIMEOUT: { exit: 1, kind: "scoring" },
  RESPONSE_TOO_LARGE: { exit: 1, kind: "scoring" },
  RESPONSE_INVALID: { exit: 1, kind: "scoring" },
  ROW_FAILED: { exit: 1, kind: "scoring" },
  TRANSFORM_JOB_FAILED: { exit: 1, kind: "scoring" },
  TRANSFORM_JOB_STOPPED: { exit: 1, kind: "scoring" },
  BUDGET_EXCEEDED: { exit: 4, kind: "scoring" },
  DEADLINE_EXCEEDED: { exit: 4, kind: "scoring" },
  // Pairing responses with rows.
  LINE_COUNT_MISMATCH: { exit: 1, kind: "pairing" },
  PREDICTION_COUNT_MISMATCH: { exit: 1, kind: "pairing" },
  ECHOED_ID_MISMATCH: { exit: 1, kind: "pairing" },
  LINE_NOT_JSON: { exit: 1, kind: "pairing" },
  PREDICTIONS_INCOMPATIBLE: { exit: 1, kind: "pairing" },
  PREDICTIONS_CONTRACT_VIOLATED: { exit: 1, kind: "pairing" },
  COLUMN_COLLISION: { exit: 1, kind: "pairing" },
  // The ledger and publishing.
  TOO_MANY_FAILED_ROWS: { exit: 1, kind: "output" },
  TOO_FEW_ROWS: { exit: 1, kind: "output" },
  TOO_MANY_NULL_PREDICTIONS: { exit: 1, kind: "output" },
  PREDICTIONS_NOT_REPRODUCED: { exit: 1, kind: "output" },
  LEDGER_IMBALANCE: { exit: 1, kind: "output" },
  OUTPUT_EXISTS: { exit: 1, kind: "output" },
  OUTPUT_BUSY: { exit: 1, kind: "output" },
  OUTPUT_SCHEMA_CHANGED: { exit: 1, kind: "output" },
  OUTPUT_UNWRITABLE: { exit: 1, kind: "output" },
  STORAGE_FAILED: { exit: 1, kind: "output" },
  // AWS.
  AWS_CREDENTIALS_INVALID: { exit: 2, kind: "aws" },
  AWS_REGION_INVALID: { exit: 2, kind: "aws" },
  AWS_ACCESS_DENIED: { exit: 2, kind: "aws" },
  AWS_QUOTA_EXCEEDED: { exit: 1, kind: "aws" },
  AWS_THROTTLED: { exit: 1, kind: "aws" },
  AWS_UNREACHABLE: { exit: 1, kind: "aws" },
  AWS_FAILED: { exit: 1, kind: "aws" },
  BUCKET_NOT_FOUND: { exit: 2, kind: "aws" },
  OBJECT_NOT_FOUND: { exit: 1, kind: "aws" },
  // Emulators.
  EMULATOR_OPTIONS_INVALID: { exit: 2, kind: "emulator" },
  EMULATOR_START_FAILED: { exit: 1, kind: "emulator" },
  // Runs.
  RUN_NOT_FOUND: { exit: 2, kind: "run" },
  RUN_CANCELLED: { exit: 4, kind: "run" },
  WORKER_DIED: { exit: 1, kind: "run" },
  INTERNAL: { exit: 1, kind: "run" },
} as const satisfies Readonly<Record<string, { readonly exit: ErrorExit; readonly kind: ErrorKind }>>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];
