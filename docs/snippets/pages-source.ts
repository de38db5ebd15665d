import type { SourcePlugin } from "scoreframe";
import { defineSource, rowsSource, ScoreframeError } from "scoreframe";

type PagesOptions = { readonly url: string };

/** `next` is the address of the page that follows, null on the last one. */
type Page = { readonly rows: readonly Readonly<Record<string, unknown>>[]; readonly next: string | null };

/** Rows of a web service that responds page by page. They are written to a temporary file as they come: memory holds one page. */
export const pagesSource: SourcePlugin<PagesOptions> = defineSource<PagesOptions>({
  specificationVersion: "v1",
  kind: "pages",

  parseOptions({ url, ...others }) {
    const unknown = Object.keys(others)[0];
    if (unknown !== undefined) throw invalid(unknown, "is not an option. Known: url.");
    if (typeof url !== "string" || !URL.canParse(url)) throw invalid("url", "must be the address of the first page.");
    return { url };
  },

  create: ({ url }) => rowsSource(readPages(url)),
});

async function* readPages(url: string): AsyncGenerator<Page["rows"][number]> {
  for (let next: string | null = url; next !== null; ) {
    const page: Page = await readPage(next);
    yield* page.rows;
    next = page.next === null ? null : new URL(page.next, url).href;
  }
}

/** Integers beyond 2^53 would be rounded here: this service sends them as text. */
async function readPage(url: string): Promise<Page> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
    if (response.ok) return (await response.json()) as Page;
    throw new Error(`status ${response.status}`);
  } catch (cause) {
    const message = `The page ${url} could not be read: ${(cause as Error).message}. See that the service is up, then run the job again.`;
    throw new ScoreframeError("SOURCE_FAILED", message, { operation: "read rows", cause });
  }
}

function invalid(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", `source.${option} ${complaint}`, { option: `source.${option}` });
}
