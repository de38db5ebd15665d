import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import process from "node:process";
import type { ComposeModel, ComposeService } from "./compose-model.ts";
import type { Places } from "./places.ts";
import type { StagedImage } from "./stage-image.ts";
import { CONTAINER_PATH } from "./stage-image.ts";

/** What replaces the images: of our own, its files; of one that is pulled, where its programs are and which it starts. */
export type Images = {
  readonly built: StagedImage;
  readonly pulled: { readonly bin: string; readonly entrypoint: readonly string[] };
};

/** A service as a process of this machine, ready to be started. */
export type Container = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly healthcheck: readonly string[];
};

/** Gives a service its own copy of the image's files with its volumes in it, and no variable but those of the image and of the service. */
export async function makeContainer(
  name: string,
  { services }: ComposeModel,
  images: Images,
  places: Places,
  folder: string,
): Promise<Container> {
  const service = services[name];
  if (service === undefined) throw new Error(`There is no service ${name}.`);
  await mkdir(folder, { recursive: true });
  const here = (text: string): string => places.inside(name, text);
  const given = Object.entries(service.environment ?? {}).flatMap(([key, value]) =>
    value === null ? [] : [[key, here(value)] as const],
  );
  const home = { HOME: folder, TMPDIR: tmpdir() };
  const healthcheck = (service.healthcheck?.test ?? []).map(here);
  if (service.build === undefined) {
    const { bin, entrypoint } = images.pulled;
    const env = { ...home, PATH: [bin, process.env["PATH"]].join(delimiter), ...Object.fromEntries(given) };
    return { argv: [...entrypoint, ...(service.command ?? [])], env, workdir: folder, healthcheck };
  }
  const { built } = images;
  await cp(built.folder, folder, { recursive: true, verbatimSymlinks: true });
  await mount(service, folder, here);
  const command = service.command ?? (service.entrypoint === undefined ? built.command : []);
  const words = [...(service.entrypoint ?? built.entrypoint), ...command];
  return {
    argv: words.map((word) => (word.startsWith("/") ? join(folder, word) : here(word))),
    env: { ...home, ...built.env, PATH: CONTAINER_PATH, ...Object.fromEntries(given) },
    workdir: join(folder, built.workdir),
    healthcheck,
  };
}

async function mount({ volumes = [] }: ComposeService, folder: string, here: (text: string) => string): Promise<void> {
  for (const { source, target } of volumes) {
    await cp(source, join(folder, target), { recursive: true });
    for (const file of await readdir(source)) {
      await writeFile(join(folder, target, file), here(await readFile(join(source, file), "utf8")));
    }
  }
}
