import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import type { OutputChunk } from "rolldown";
import { rolldown } from "rolldown";

/**
 * Libraries of hundreds of small files, which take Node longer to find and open than to run: more than half of the time from a start to the
 * first line of ours. Each becomes one file in dist/vendor.
 */
const LIBRARIES = ["inversify", "reflect-metadata", "yaml", "zod"];
const IMPORT = /^import (?:\{([^}]*)\} from )?"([^"]+)";$/gm;

/** Bundles what the built modules import of these libraries, and has them import the bundles. Nothing else of the build changes. */
export async function bundleLibraries(target: string): Promise<void> {
  const modules = readdirSync(target, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .map((path) => join(target, path));
  const chunks = await bundle(importedNames(modules), join(target, "vendor"));
  writeFileSync(join(target, "vendor", "LICENSES.txt"), licensesOf(chunks));
  for (const path of modules) {
    const vendor = relative(dirname(path), join(target, "vendor")).split(sep).join("/");
    const code = readFileSync(path, "utf8");
    const pointed = code.replace(IMPORT, (whole: string, _names: string | undefined, library: string) =>
      LIBRARIES.includes(library) ? whole.replace(`"${library}"`, `"${vendor}/${library}.js"`) : whole,
    );
    if (pointed !== code) writeFileSync(path, pointed);
  }
}

/** What is imported of each library, by their own names. */
function importedNames(modules: readonly string[]): Map<string, Set<string>> {
  const imported = new Map(LIBRARIES.map((library) => [library, new Set<string>()]));
  for (const path of modules) {
    for (const [, names = "", library = ""] of readFileSync(path, "utf8").matchAll(IMPORT)) {
      const own = names.split(",").map((name) => name.trim().split(" as ")[0] ?? "");
      for (const name of own) if (name !== "") imported.get(library)?.add(name);
    }
  }
  return imported;
}

async function bundle(imported: ReadonlyMap<string, ReadonlySet<string>>, directory: string): Promise<OutputChunk[]> {
  const entries = new Map(
    [...imported].map(([library, names]) => [
      `entry:${library}`,
      names.size === 0 ? `import "${library}";` : `export { ${[...names].join(", ")} } from "${library}";`,
    ]),
  );
  const build = await rolldown({
    input: Object.fromEntries([...imported.keys()].map((library) => [library, `entry:${library}`])),
    platform: "node",
    plugins: [
      {
        name: "entries",
        resolveId: (id) => (entries.has(id) ? id : null),
        load: (id) => entries.get(id) ?? null,
      },
    ],
  });
  const { output } = await build.write({ dir: directory, format: "esm" });
  await build.close();
  return output.filter((each) => each.type === "chunk");
}

/** The licences of every package that is in a bundle: they ask to go with copies of their code. */
function licensesOf(chunks: readonly OutputChunk[]): string {
  const folders = new Set(
    chunks
      .flatMap(({ moduleIds }) => moduleIds)
      .flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []),
  );
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
      if (file === undefined) throw new Error(`${name} has no licence file to go with its code.`);
      return `${name} ${version}\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
