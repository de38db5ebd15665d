import process from "node:process";
import { freePort } from "../../../../src/backends/local/process/free-port.ts";
import type { ComposeModel } from "./compose-model.ts";

/** Where the services of a compose file are on this machine. */
export type Places = {
  /** A text of a service (an argument, a variable, a file) as it has to read here: its own port, and its neighbours' addresses. */
  inside(name: string, text: string): string;
  /** A text of the host, which knows the published ports. */
  onHost(text: string): string;
};

/** Not the address of `localhost`: as between containers, a service that listens at that alone is not found. */
const NEIGHBOUR = process.platform === "linux" ? "127.0.0.2" : "127.0.0.1";

type Place = { readonly name: string; readonly port: string; readonly published: string | null; readonly here: string };

/** Gives a free port to each that a service publishes or exposes. */
export async function placeServices({ services }: ComposeModel): Promise<Places> {
  const places: Place[] = [];
  for (const [name, { ports = [], expose = [] }] of Object.entries(services)) {
    const here = async (): Promise<string> => String(await freePort());
    for (const { target, published = null } of ports) {
      places.push({ name, port: String(target), published, here: await here() });
    }
    for (const port of expose) places.push({ name, port, published: null, here: await here() });
  }
  return {
    inside(name, text) {
      const neighbours = places.reduce(
        (changed, place) => changed.replaceAll(`//${place.name}:${place.port}`, `//${NEIGHBOUR}:${place.here}`),
        text,
      );
      const own = places.filter((place) => place.name === name);
      return own.reduce(
        (changed, { port, here }) => changed.replaceAll(new RegExp(`\\b${port}\\b`, "g"), here),
        neighbours,
      );
    },
    onHost: (text) =>
      places.reduce(
        (changed, { published, here }) =>
          published === null ? changed : changed.replaceAll(`127.0.0.1:${published}`, `127.0.0.1:${here}`),
        text,
      ),
  };
}
