import { open } from "node:fs/promises";
import { join } from "node:path";
import type { SentColumn } from "../../domain/sent-column.ts";
import { contractText } from "../../domain/types/contract-text.ts";
import { openFilesError } from "../../errors/open-files.ts";
import { messageOf, ScoreframeError } from "../../errors/scoreframe-error.ts";
import { jobWarnings } from "../../job/record/job-provenance.ts";
import type { EventSink } from "../../ports/event-sink.ts";
import type { RunStore } from "../../ports/run-store.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { maskedEvents } from "../../run/caller-events.ts";
import type { NullLimit } from "../../run/failure-policy.ts";
import type { JobOptions } from "../../run/options.ts";
import { outputIntent } from "../../run/output-intent.ts";
import type { PreparedRun } from "../../run/prepare-run.ts";
import type { SampleTools, ScoredSample } from "../../run/score-sample.ts";
import { scoreSample } from "../../run/score-sample.ts";
import { verifyOptions } from "../../run/verify/verify-options.ts";
import type { SecretMask } from "../../secrets/secret-mask.ts";
import { chooseColumns } from "../../stages/extract/choose-columns.ts";
import { counted } from "../../util/counted.ts";
import type { CheckedContract } from "./check-contract.ts";
import { checkContract } from "./check-contract.ts";
import type { CheckItem } from "./check-item.ts";
import type { CheckedSample } from "./check-sample.ts";
import { checkSample } from "./check-sample.ts";
import { describeCheck } from "./describe-check.ts";
import { featureWarnings } from "./feature-warnings.ts";

export type CheckReport = {
  /** Null if the job itself could not be read. */
  readonly job: string | null;
  readonly ok: boolean;
  readonly items: readonly CheckItem[];
  readonly sample: CheckSample | null;
  readonly error: ReturnType<ScoreframeError["toJSON"]> | null;
};

export type CheckSample = {
  readonly rows: number;
  readonly scored: number;
  readonly dead_lettered: number;
  /** The first request line and its answer, cut at 2,000 bytes. */
  readonly first_request: string | null;
  readonly first_answer: string | null;
  readonly prediction_columns: readonly { readonly name: string; readonly type: string }[];
};

const SAMPLE_ROWS = 20;
const SHOWN_BYTES = 2000;

/** Looks at a job, and reports what it found without the job's secrets: a model may repeat what it was sent. */
export async function checkJob(
  prepare: () => Promise<PreparedRun>,
  tools: SampleTools & { readonly runStore: Pick<RunStore, "reach"> },
  options: JobOptions & { readonly sampleRows?: number; readonly signal: AbortSignal },
): Promise<CheckReport> {
  let mask: SecretMask | null = null;
  const prepareMasked = async (): Promise<PreparedRun> => {
    const prepared = await prepare();
    mask = prepared.mask;
    return prepared;
  };
  const events: EventSink = (event) => (mask === null ? tools.events : maskedEvents(tools.events, mask))(event);
  const report = await lookAt(prepareMasked, { ...tools, events }, options);
  const found = mask as SecretMask | null;
  return found === null ? report : found.value(report);
}

/** Checks a job from its file to the first answers of its model. Each step needs those before it, so the first failure ends the check. */
async function lookAt(
  prepare: () => Promise<PreparedRun>,
  tools: SampleTools & { readonly runStore: Pick<RunStore, "reach"> },
  options: JobOptions & { readonly sampleRows?: number; readonly signal: AbortSignal },
): Promise<CheckReport> {
  const items: CheckItem[] = [];
  let job: string | null = null;
  let sample: CheckSample | null = null;
  let contract: CheckedContract | null = null;
  // The columns and the sample read the same tables: what is to be said of them is said once.
  const warn = (detail: string): void => {
    if (items.some((item) => item.name === "source" && item.detail === detail)) return;
    items.push({ name: "source", status: "warning", detail });
    tools.events({ type: "warning", message: detail });
  };
  const events: EventSink = (event) => {
    tools.events(event);
    if (event.type === "warning") items.push({ name: "model", status: "warning", detail: event.message });
  };
  const step = async <T>(name: string, act: () => Promise<T>, detail: (value: T) => string): Promise<T> => {
    try {
      const value = await act();
      items.push({ name, status: "ok", detail: detail(value) });
      return value;
    } catch (error) {
      items.push({ name, status: "failed", detail: messageOf(error) });
      throw error;
    }
  };
  try {
    const prepared = await step("job", prepare, ({ job: { name }, backend }) => `"${name}", backend ${backend.id}`);
    job = prepared.job.name;
    for (const detail of jobWarnings(prepared.job)) {
      items.push({ name: "job", status: "warning", detail });
      tools.events({ type: "warning", message: detail });
    }
    const columns = await step(
      "source",
      () => prepared.source.describe({ signal: options.signal, warn }),
      (found) => `${found.length} columns: ${found.map(({ name, type }) => `${name} ${type}`).join(", ")}`,
    );
    await step(
      "columns",
      async () =>
        chooseColumns(
          columns.map(({ name }) => name),
          prepared.job,
        ),
      ({ features, keep }) =>
        `the model receives ${features.join(", ")}; the table gets ${[...keep, "the predictions"].join(", ")}`,
    );
    contract = await step(
      "output",
      async () => {
        await prepared.output.check(outputIntent("check", prepared.job));
        return checkContract(prepared, tools.pool, options.signal);
      },
      () => prepared.output.location,
    );
    const { reach } = tools.runStore;
    if (reach !== undefined) {
      await step(
        "workspace",
        () => reach(options.signal),
        (place) => place,
      );
    }
    const { inspect } = prepared.backend;
    if (inspect !== undefined) {
      await step(
        "model",
        () =>
          inspect(options.signal, {
            protocol: bindProtocol(prepared.protocol, prepared.requestOptions),
            hasRemoteWorkspace: reach !== undefined,
            warn: (detail) => items.push({ name: "backend", status: "warning", detail }),
          }),
        (found) => found,
      );
      return { job, ok: true, items, sample, error: null };
    }
    const verify = verifyOptions(prepared.job, prepared.backend.capabilities);
    const published = Object.keys(prepared.job.output.predictions ?? {});
    let checked: CheckedSample | null = null;
    sample = await step(
      "model",
      () =>
        scoreSample(
          prepared,
          { ...tools, events },
          {
            limit: options.sampleRows ?? SAMPLE_ROWS,
            signal: options.signal,
            warn,
            onFeatures: (features, inexact) => {
              items.push(...inexact.map(featureWarning));
              // What is known of servers is known of those that read the protocol's own shape.
              if (prepared.backend.servesModel !== true && prepared.requestOptions.shape === null)
                items.push(...warningsOf(features, prepared.protocol));
            },
            ...(verify.skipped !== null
              ? {}
              : {
                  onScored: async (scored, again) => {
                    checked = await checkSample(scored, again, { ...verify, published });
                  },
                }),
          },
          async (scored) => {
            await checkPredictions(scored, contract, items);
            if (checked !== null) items.push(...describeCheck(checked));
            return describeSample(scored, items, prepared.job.failure.max_null_predictions);
          },
        ),
      ({ rows, scored }) => `${scored} of ${rows} sample rows scored`,
    );
  } catch (thrown) {
    const error =
      openFilesError(thrown) ??
      (ScoreframeError.is(thrown) ? thrown : new ScoreframeError("INTERNAL", messageOf(thrown), { cause: thrown }));
    return { job, ok: false, items, sample, error: error.toJSON() };
  } finally {
    await contract?.close();
  }
  return { job, ok: items.every(({ status }) => status !== "failed"), items, sample, error: null };
}

function warningsOf(features: readonly SentColumn[], protocol: ProtocolId): CheckItem[] {
  return featureWarnings(features, protocol).map(featureWarning);
}

function featureWarning(detail: string): CheckItem {
  return { name: "features", status: "warning", detail };
}

/** Whether the table takes what the model answered to the sample. */
async function checkPredictions(
  { answers }: ScoredSample,
  contract: CheckedContract | null,
  items: CheckItem[],
): Promise<void> {
  for (const { stitched } of answers) {
    await contract?.checkShard(stitched).catch((thrown: unknown) => {
      items.push({ name: "output", status: "failed", detail: messageOf(thrown) });
    });
  }
}

async function describeSample(
  { rows, answers, oversized, unsendable, folders }: ScoredSample,
  items: CheckItem[],
  maxNulls: NullLimit,
): Promise<CheckSample> {
  const scored = answers.reduce((sum, { stitched }) => sum + stitched.scored, 0);
  const first = answers[0];
  const failure = answers.map(({ stitched }) => stitched.firstFailure).find((each) => each !== null);
  if (rows === 0)
    items.push({
      name: "rows",
      status: "warning",
      detail: "The source gives no rows: the model was not asked anything.",
    });
  if (failure !== undefined) items.push({ name: "rows", status: "failed", detail: failure.message });
  const nulls = answers.reduce((sum, { stitched }) => sum + stitched.nullPredictions, 0);
  if (nulls > 0) {
    const isRejected = nulls === scored && maxNulls === undefined;
    const detail = `${nulls} of ${counted(scored, "prediction")} ${nulls === 1 ? "is" : "are"} null.`;
    items.push({ name: "predictions", status: isRejected ? "failed" : "warning", detail });
  }
  for (const { rows: rejected, first: example } of unsendable) {
    const others = rejected === 1 ? "" : ` (and ${rejected - 1} more rows of the sample)`;
    items.push({ name: "rows", status: "failed", detail: `${example.message}${others}` });
  }
  for (const each of oversized) {
    items.push({
      name: "rows",
      status: "failed",
      detail: `${each.rows} rows need more than the ${each.limitBytes} bytes that a row may have in a request.`,
    });
  }
  return {
    rows,
    scored,
    dead_lettered: rows - scored,
    first_request: first === undefined ? null : await firstLine(join(folders.root, first.record.request.file)),
    first_answer:
      first?.record.response == null ? null : await firstLine(join(folders.root, first.record.response.file)),
    prediction_columns:
      first?.stitched.predictionColumns.map(({ name, type }) => ({ name, type: contractText(type) })) ?? [],
  };
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SHOWN_BYTES), 0, SHOWN_BYTES, 0);
    const [line] = buffer.toString("utf8", 0, bytesRead).split("\n");
    return line ?? "";
  } finally {
    await file.close();
  }
}
