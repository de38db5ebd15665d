import type { JobPath } from "../../domain/job-path.ts";
import { dotted } from "../../domain/job-path.ts";
import type { ErrorCode } from "../../errors/error-codes.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";

/** One thing that is wrong with a job. The message says what was expected, what was found, and the fix; it holds no secret. */
export type JobProblem = {
  readonly path: JobPath;
  /** Whether the key itself is wrong, or its value. */
  readonly at: "key" | "value";
  readonly message: string;
  /** What put the value there instead of the job: `--set requests.batch_size=abc`. */
  readonly setting?: string | undefined;
};

/** 1-based place in a job file. */
export type TextPosition = { readonly line: number; readonly column: number };

/** Where a job came from, for messages. */
export type JobOrigin = {
  /** `the job file flights.yaml`, `the job`. */
  readonly label: string;
  /** Finds a key or a value in the file; undefined if it is not written there. */
  locate(path: JobPath, at: "key" | "value"): TextPosition | undefined;
};

/** The origin of a job that a program made. */
export const IN_MEMORY: JobOrigin = { label: "the job", locate: () => undefined };

/** One error for all problems, one per line. */
export function problemsError(code: ErrorCode, problems: readonly JobProblem[], origin: JobOrigin): ScoreframeError {
  const placed = problems
    .map((problem) => ({
      ...problem,
      position: problem.setting === undefined ? origin.locate(problem.path, problem.at) : undefined,
    }))
    .sort((left, right) => (left.position?.line ?? 0) - (right.position?.line ?? 0));
  const lines = placed.map(problemLine);
  const option = dotted(placed[0]?.path ?? []);
  return new ScoreframeError(code, head(problems, origin) + lines.join("\n  "), {
    operation: "read the job",
    ...(option === "" ? {} : { option }),
    details: {
      problems: placed.map(({ path, message, position }) => ({ option: dotted(path), message, ...position })),
    },
  });
}

function problemLine({
  path,
  message,
  setting,
  position,
}: JobProblem & { position?: TextPosition | undefined }): string {
  const name = path.length === 0 ? "the whole job" : dotted(path);
  const place = position === undefined ? "" : ` (line ${position.line}, column ${position.column})`;
  if (setting === undefined) return `${name}${place}: ${message}`;
  // A list or an object may be wrong in one of its parts.
  return setting.startsWith(`--set ${name}=`) ? `${setting}: ${message}` : `${setting}: ${name}: ${message}`;
}

function head(problems: readonly JobProblem[], origin: JobOrigin): string {
  const set = problems.filter(({ setting }) => setting !== undefined).length;
  const label = `${origin.label.charAt(0).toUpperCase()}${origin.label.slice(1)}`;
  if (problems.length === 1) return set === 1 ? "" : `${label} is invalid: `;
  if (set === problems.length) return `--set has ${set} problems:\n  `;
  return `${label}${set === 0 ? "" : ", with what --set puts into it,"} has ${problems.length} problems:\n  `;
}
