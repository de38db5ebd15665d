/**
 * Every code that an error of scoreframe can carry. Codes are public: they are never renamed and never reused.
 * `docs/reference/errors.md` has one entry a code; a test compares the two in both directions.
 */
export const ERROR_CODES = [
  // The job file and the command line (exit code 2).
  "USAGE",
  "JOB_FILE_NOT_FOUND",
  "JOB_FILE_UNREADABLE",
  "JOB_INVALID",
  "TEMPLATE_VARIABLE_MISSING",
  "COLUMN_UNKNOWN",
  "COLUMN_TYPE_UNSUPPORTED",
  "BACKEND_UNKNOWN",
  "BACKEND_OPTIONS_INVALID",
  "PROTOCOL_UNSUPPORTED",
  "DEPENDENCY_MISSING",
  "SETUP_INCOMPLETE",
  // Sources.
  "TABLE_NOT_FOUND",
  "TABLE_UNREADABLE",
  "SQL_INVALID",
  "SOURCE_FAILED",
  "ROWS_INVALID",
  // Requests.
  "ROW_TOO_LARGE",
  "VALUE_UNSENDABLE",
  // Scoring.
  "MODEL_START_FAILED",
  "MODEL_LOAD_FAILED",
  "MODEL_EXITED",
  "BACKEND_UNREACHABLE",
  "BACKEND_REFUSED",
  "BACKEND_TIMEOUT",
  "RESPONSE_TOO_LARGE",
  "RESPONSE_INVALID",
  "ROW_FAILED",
  "TRANSFORM_JOB_FAILED",
  "TRANSFORM_JOB_STOPPED",
  "BUDGET_EXCEEDED",
  "DEADLINE_EXCEEDED",
  // Pairing answers with rows.
  "LINE_COUNT_MISMATCH",
  "PREDICTION_COUNT_MISMATCH",
  "LINE_NOT_JSON",
  "PREDICTIONS_INCOMPATIBLE",
  "PREDICTIONS_CONTRACT_VIOLATED",
  "COLUMN_COLLISION",
  // The ledger and publishing.
  "TOO_MANY_FAILED_ROWS",
  "LEDGER_IMBALANCE",
  "OUTPUT_EXISTS",
  "OUTPUT_BUSY",
  "OUTPUT_UNWRITABLE",
  "STORAGE_FAILED",
  // AWS.
  "AWS_CREDENTIALS_INVALID",
  "AWS_REGION_INVALID",
  "AWS_ACCESS_DENIED",
  "AWS_QUOTA_EXCEEDED",
  "AWS_THROTTLED",
  "AWS_UNREACHABLE",
  "AWS_FAILED",
  "BUCKET_NOT_FOUND",
  "OBJECT_NOT_FOUND",
  // Runs.
  "RUN_NOT_FOUND",
  "RUN_CANCELLED",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];
