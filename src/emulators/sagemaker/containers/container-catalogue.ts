import { startModel } from "../../../backends/local/process/start-model.ts";
import type { Container } from "../shapes/model.ts";
import type { CheckedSource, ImageSource } from "./image-source.ts";
import { checkImageSource, checkModelFile, isServerUrl, serverOrigin } from "./image-source.ts";
import type { RunningContainer } from "./running-container.ts";

export type StartRequest = {
  /** The container's environment as the service would set it. */
  readonly env: Readonly<Record<string, string>>;
  readonly logDirectory: string;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
};

export type ContainerCatalogue = {
  /** Null if the image is named, or the container says itself where its server is; else what to do. */
  problemOf(container: Container): string | null;
  /** One container, which may not answer yet. Throws a `ScoreframeError` if its process does not come up. */
  start(container: Container & { readonly Image: string }, request: StartRequest): Promise<RunningContainer>;
};

/** The variable of a container's environment that says where a server for it runs already. */
const SERVER_VARIABLE = "MODEL_SERVER_URL";

/**
 * Images by their names, in which `*` matches any part; the first match is taken. Relative paths start at the folder. Throws
 * `EMULATOR_OPTIONS_INVALID`.
 */
export async function createContainerCatalogue(
  images: Readonly<Record<string, ImageSource>>,
  baseDirectory: string,
): Promise<ContainerCatalogue> {
  const known = Object.entries(images).map(([name, source]) => ({
    pattern: patternOf(name),
    source: checkImageSource(name, source),
  }));
  for (const [name, source] of Object.entries(images)) await checkModelFile(name, source, baseDirectory);
  const find = (image: string): CheckedSource | undefined => known.find(({ pattern }) => pattern.test(image))?.source;
  return {
    problemOf({ Image = "", Environment = {} }) {
      if (find(Image) !== undefined) return null;
      const url = Environment[SERVER_VARIABLE];
      if (url === undefined) {
        return `Name it in the emulator's configuration, or set ${SERVER_VARIABLE} in the container's Environment.`;
      }
      return isServerUrl(url) ? null : `${SERVER_VARIABLE} '${url}' is no address such as http://localhost:8080.`;
    },
    async start({ Image }, { env, ...request }) {
      const source = find(Image);
      if (source?.kind !== "here") {
        const origin = source?.origin ?? serverOrigin(env[SERVER_VARIABLE] ?? "");
        return { origin, stop: async () => undefined };
      }
      const { options } = source;
      const running = await startModel(options, { ...request, baseDirectory, env: { ...options.env, ...env } });
      const { origin, pathname } = new URL(running.url);
      return { origin, invocationsPath: pathname, stop: running.stop, isReady: true };
    },
  };
}

function patternOf(name: string): RegExp {
  const parts = name.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
