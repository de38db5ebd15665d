import { parseLocalOptions } from "../../../backends/local/local-options.ts";
import { startModel } from "../../../backends/local/start-model.ts";
import type { Container } from "../shapes/model.ts";
import type { RunningContainer } from "./running-container.ts";

/** What stands behind an image: a server that runs already, a model that is served here, or a command that serves one. */
export type ImageSource =
  | { readonly url: string }
  | { readonly model: string; readonly env?: Readonly<Record<string, string>> }
  | {
      readonly command: string;
      readonly env?: Readonly<Record<string, string>>;
      readonly health_path?: string;
      readonly invocations_path?: string;
    };

export type StartRequest = {
  /** The container's environment as the service would set it. */
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
};

export type ContainerCatalogue = {
  /** Whether the image is named, or the container says itself where its server is. */
  knows(container: Container): boolean;
  /** One container, which may not answer yet. Throws a `ScoreframeError` where its process does not come up. */
  start(container: Container & { readonly Image: string }, request: StartRequest): Promise<RunningContainer>;
};

/** The variable of a container's environment that says where a server for it runs already. */
const SERVER_VARIABLE = "MODEL_SERVER_URL";

/** Images by their names, of which `*` may stand for any part. Relative paths start at the folder. */
export function createContainerCatalogue(
  images: Readonly<Record<string, ImageSource>>,
  baseDirectory: string,
): ContainerCatalogue {
  const known = Object.entries(images).map(([name, source]) => ({ pattern: patternOf(name), source }));
  const find = (image: string): ImageSource | undefined => known.find(({ pattern }) => pattern.test(image))?.source;
  return {
    knows: ({ Image = "", Environment = {} }) => find(Image) !== undefined || SERVER_VARIABLE in Environment,
    async start({ Image }, request) {
      const source = find(Image) ?? { url: request.env[SERVER_VARIABLE] ?? "" };
      return "url" in source ? elsewhere(source.url) : startHere(source, baseDirectory, request);
    },
  };
}

function patternOf(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}

/** A server that nobody here starts or stops. Its address may name the path of the invocations, too. */
function elsewhere(url: string): RunningContainer {
  return { origin: url.replace(/\/+$/, "").replace(/\/invocations$/, ""), stop: async () => undefined };
}

async function startHere(
  { env = {}, ...source }: Exclude<ImageSource, { url: string }>,
  baseDirectory: string,
  { env: containerEnv, ...request }: StartRequest,
): Promise<RunningContainer> {
  const options = parseLocalOptions(source);
  const context = { ...request, baseDirectory, env: { ...env, ...containerEnv } };
  const running = await startModel(options, context);
  const { origin, pathname } = new URL(running.url);
  return { origin, invocationsPath: pathname, stop: running.stop, isReady: true };
}
