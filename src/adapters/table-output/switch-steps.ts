import type { TableManifest } from "../../core/domain/table-manifest.ts";
import type { SwitchJournal } from "./journal-record.ts";
import { snapshotFolder } from "./table-layout.ts";

/** What a journal still asks for, given the manifest. Never anything that the manifest lists: anyone may have written the journal. */
export type SwitchSteps = {
  /** Visible files that go. */
  readonly remove: readonly string[];
  /** Visible files that come. */
  readonly add: SwitchJournal["add"];
  /** Snapshots that go. */
  readonly prune: readonly string[];
  /** Folders of snapshots that go as a whole. */
  readonly folders: readonly string[];
};

/** Whether the manifest is the one that commits the journal's changes. */
export function isCommitted({ publication, version }: SwitchJournal, manifest: TableManifest | null): boolean {
  if (manifest === null) return false;
  return publication === undefined ? manifest.version >= version : manifest.publication === publication;
}

/** What globs find becomes what the manifest says. */
export function stepsForward({ remove, add, prune }: SwitchJournal, manifest: TableManifest): SwitchSteps {
  const { visible, snapshots } = namesIn(manifest);
  return {
    remove: remove.filter((path) => !visible.has(path)),
    add: add.filter(({ to }) => visible.has(to)),
    prune: prune.filter((path) => !snapshots.has(path)),
    folders: [],
  };
}

/** Nothing is left of a publication that was never committed. */
export function stepsBack({ publication, add }: SwitchJournal, manifest: TableManifest | null): SwitchSteps {
  const { visible, snapshots } = namesIn(manifest);
  const staged =
    publication === undefined
      ? add.map(({ from }) => from.split("/").slice(0, 2).join("/"))
      : [snapshotFolder(publication)];
  const kept = new Set([...snapshots].map((path) => path.split("/").slice(0, 2).join("/")));
  return {
    remove: add.map(({ to }) => to).filter((path) => !visible.has(path)),
    add: [],
    prune: [],
    folders: [...new Set(staged)].filter((folder) => !kept.has(folder)),
  };
}

function namesIn(manifest: TableManifest | null): { visible: Set<string>; snapshots: Set<string> } {
  const files = manifest?.files ?? [];
  const kept = [...files, ...(manifest?.retired ?? [])];
  return {
    visible: new Set(files.map(({ path }) => path)),
    snapshots: new Set(kept.map((file) => file.snapshot_path)),
  };
}
