import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { parseJob } from "../../job/read/parse-job.ts";
import type { DataFrame } from "../../polars/polars.ts";
import type { ScoringBackend } from "../../ports/scoring-backend.ts";
import { maskedEvents } from "../../run/caller-events.ts";
import type { BackendChoice, RowsInput, ScoreOptions } from "../../run/options.ts";
import type { PreparationTools } from "../../run/prepare-run.ts";
import { chooseBackend, chooseProtocol } from "../../run/prepare-run.ts";
import { requestBatch } from "../../run/requests/request-batch.ts";
import { requestOptions } from "../../run/requests/request-options.ts";
import type { SampleTools, ScoredSample } from "../../run/score-sample.ts";
import { scoreSample } from "../../run/score-sample.ts";
import { chooseSource } from "../../run/source-registry.ts";
import { backendSecrets } from "../../secrets/job-secrets.ts";
import type { SecretMask } from "../../secrets/secret-mask.ts";
import { createSecretMask, withMaskedErrors } from "../../secrets/secret-mask.ts";

/** Scores rows that are too few to need a run, and returns them with their predictions as a Polars frame. */
export async function scoreRows(
  rows: RowsInput,
  backend: ScoringBackend | BackendChoice,
  options: ScoreOptions & { readonly signal: AbortSignal },
  tools: SampleTools & PreparationTools,
): Promise<DataFrame> {
  const mask = createSecretMask("kind" in backend ? backendSecrets(backend) : []);
  return withMaskedErrors(mask, () => scoreWith(rows, backend, mask, options, tools));
}

async function scoreWith(
  rows: RowsInput,
  backend: ScoringBackend | BackendChoice,
  mask: SecretMask,
  options: ScoreOptions & { readonly signal: AbortSignal },
  tools: SampleTools & PreparationTools,
): Promise<DataFrame> {
  const chosen = "kind" in backend ? await chooseBackend(backend, tools.backends) : backend;
  const baseDirectory = options.baseDirectory ?? process.cwd();
  const job = parseJob({
    name: "score",
    source: { kind: "rows" },
    model: {
      ...(options.features === undefined ? {} : { features: options.features }),
      ...(options.params === undefined ? {} : { params: options.params }),
    },
    requests: options.batchSize === undefined ? {} : { batch_size: options.batchSize },
    backend: { kind: chosen.id },
    output: { path: "nowhere", ...(options.prefix === undefined ? {} : { prefix: options.prefix }) },
  });
  const protocol = chooseProtocol(options.protocol, chosen);
  const wanted = requestOptions(job, protocol, chosen);
  const { openStore, sources } = tools;
  const source = await chooseSource(job.source, { baseDirectory, openStore, rows }, sources);
  return scoreSample(
    {
      job,
      mask,
      baseDirectory,
      source,
      backend: chosen,
      protocol,
      requestOptions: wanted,
      batch: requestBatch(job, chosen.capabilities),
    },
    { ...tools, events: maskedEvents(tools.events, mask) },
    { signal: options.signal },
    readScored,
  );
}

async function readScored({ answers, unsendable }: ScoredSample): Promise<DataFrame> {
  const [rejected] = unsendable;
  if (rejected !== undefined)
    throw new ScoreframeError("VALUE_UNSENDABLE", rejected.first.message, { operation: "shard" });
  const failed = answers.find(({ stitched }) => stitched.deadLettered > 0)?.stitched;
  if (failed?.firstFailure != null) {
    const total = answers.reduce((sum, { stitched }) => sum + stitched.deadLettered, 0);
    throw new ScoreframeError(
      "TOO_MANY_FAILED_ROWS",
      `${total} ${total === 1 ? "row" : "rows"} could not be scored. The first: ${failed.firstFailure.message}`,
      {
        shard: failed.shard,
        line: failed.firstFailure.line,
      },
    );
  }
  // Loaded only here: a program that scores by runs alone never pays for the engine in its main thread.
  const { readStitched } = await import("../../stages/stitch/read-stitched.ts");
  return readStitched(answers.map(({ stitched }) => stitched));
}
