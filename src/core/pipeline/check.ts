import type { ScoreframeError } from "../errors/scoreframe-error.ts";

/** One thing that was looked at. */
export type CheckItem = {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
};

export type CheckReport = {
  readonly job: string;
  readonly ok: boolean;
  readonly items: readonly CheckItem[];
  readonly sample: {
    readonly rows: number;
    readonly scored: number;
    readonly dead_lettered: number;
    /** The first request line and the first answer line, cut at 2,000 characters. */
    readonly first_request: string | null;
    readonly first_answer: string | null;
    readonly prediction_columns: readonly { readonly name: string; readonly type: string }[];
  } | null;
  readonly error: ReturnType<ScoreframeError["toJSON"]> | null;
};
