import type { ScoreframeError } from "../errors/scoreframe-error.ts";

/** The plug-ins that a job may name on one edge, such as its backends. */
export type PluginRegistry<Plugin> = {
  readonly ids: readonly string[];
  /** Throws the error for an unknown id, which lists the ids. */
  load(id: string): Promise<Plugin>;
  /** These and those of a job. Throws `PLUGIN_LOAD_FAILED` for a duplicate id. */
  with(more: readonly JobPlugin<Plugin>[]): PluginRegistry<Plugin>;
};

/** A plug-in of a module that a job names, and the place of that name in the job. */
export type JobPlugin<Plugin> = { readonly plugin: Plugin; readonly module: string; readonly option: string };

/** Loaded when a job names it. */
export type PluginEntry<Plugin> = { readonly id: string; load(): Promise<Plugin> };

/** How the plug-ins of an edge are named, and what its errors say. */
export type PluginWording<Plugin> = {
  idOf(plugin: Plugin): string;
  unknown(id: string, ids: readonly string[]): ScoreframeError;
  duplicate(id: string): ScoreframeError;
  duplicateOfModule(id: string, module: string, option: string): ScoreframeError;
};

/** Rejects two plug-ins with one id: it would be unknown which of them runs. */
export function createPluginRegistry<Plugin>(
  entries: readonly PluginEntry<Plugin>[],
  wording: PluginWording<Plugin>,
): PluginRegistry<Plugin> {
  const byId = new Map<string, PluginEntry<Plugin>>();
  for (const entry of entries) {
    if (byId.has(entry.id)) throw wording.duplicate(entry.id);
    byId.set(entry.id, entry);
  }
  const ids = [...byId.keys()];
  return {
    ids,
    with(more) {
      const added = new Map<string, Plugin>();
      for (const { plugin, module, option } of more) {
        const id = wording.idOf(plugin);
        const other = added.get(id) ?? plugin;
        if (byId.has(id) || other !== plugin) throw wording.duplicateOfModule(id, module, option);
        added.set(id, plugin);
      }
      const loaded = Array.from(added, ([id, plugin]) => ({ id, load: async () => plugin }));
      return createPluginRegistry([...entries, ...loaded], wording);
    },
    async load(id) {
      const entry = byId.get(id);
      if (entry === undefined) throw wording.unknown(id, ids);
      return entry.load();
    },
  };
}
