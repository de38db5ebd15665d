import type { ObjectStore } from "../../../core/ports/object-store.ts";
import { mapConcurrently } from "../../../core/util/map-concurrently.ts";
import { hasEnded } from "../../records/process-owner.ts";
import type { SwitchJournal } from "../journal-record.ts";
import { parseJournal } from "../journal-record.ts";
import { switchUnfinished } from "../output-errors.ts";
import type { SwitchSteps } from "../switch-steps.ts";
import { isCommitted, stepsBack, stepsForward } from "../switch-steps.ts";
import { JOURNALS, journalPath, MANIFEST, OLD_JOURNAL } from "../table-layout.ts";
import type { StoredManifest } from "./check-objects.ts";
import { readStoredManifest } from "./check-objects.ts";

/** Partitions whose visible objects are exchanged at a time, and copies in each. */
const PARTITIONS_AT_A_TIME = 16;
const COPIES_AT_A_TIME = 4;

export async function writeObjectJournal(store: ObjectStore, journal: SwitchJournal): Promise<void> {
  await store.writeText(journalPath(journal.publication ?? ""), JSON.stringify(journal));
}

/**
 * Makes globs find what the manifest lists, and closes the journal. Every step may be repeated. Of a partition, all former objects go before the
 * first new one comes. Before and after the copies of a partition the manifest is read again: a process that was paused while another one published removes
 * what it copied too late. Its other steps concern names that no later version uses.
 */
export async function carryOutObjects(
  store: ObjectStore,
  journal: SwitchJournal,
  stored: NonNullable<StoredManifest>,
): Promise<void> {
  const steps = stepsForward(journal, stored.manifest);
  const isNewest = async (): Promise<boolean> => (await store.head(MANIFEST))?.etag === stored.etag;
  const exchanged = mapConcurrently(byPartition(steps), PARTITIONS_AT_A_TIME, async ({ remove, add }) => {
    if (!(await isNewest())) return;
    if (remove.length > 0) await store.remove(remove);
    const copied = mapConcurrently(add, COPIES_AT_A_TIME, ({ from, to }) => copyInto(store, from, to, isNewest));
    for await (const _ of copied);
    if (add.length > 0 && !(await isNewest())) await takeBack(store, add);
  });
  for await (const _ of exchanged);
  await store.remove([...steps.prune, ...journalKeys(journal)]);
}

/** Takes back a publication that can no more be committed. */
export async function rollBackObjects(
  store: ObjectStore,
  journal: SwitchJournal,
  stored: StoredManifest,
): Promise<void> {
  const { remove, folders } = stepsBack(journal, stored?.manifest ?? null);
  await store.remove(remove);
  for (const folder of folders) await removeBelow(store, `${folder}/`);
  await store.remove(journalKeys(journal));
}

/** After a crash: what the manifest commits is completed. The rest is left alone, because its writer may only be paused and commit it later. */
export async function completeObjectSwitches(store: ObjectStore): Promise<number> {
  const journals = await readJournals(store);
  if (journals.length === 0) return 0;
  const stored = await readStoredManifest(store);
  let completed = 0;
  for (const journal of journals) {
    if (stored === null || !isCommitted(journal, stored.manifest)) continue;
    await carryOutObjects(store, journal, stored);
    completed += 1;
  }
  return completed;
}

/**
 * Removes what is left of publications that cannot be committed any more: those that began before the newest version was committed, and those whose
 * process has ended for certain.
 */
export async function removeCutOff(store: ObjectStore): Promise<number> {
  let removed = 0;
  for (const journal of await readJournals(store)) {
    const stored = await readStoredManifest(store);
    if (isCommitted(journal, stored?.manifest ?? null)) continue;
    const isLate = stored !== null && journal.version <= stored.manifest.version;
    if (!isLate && !(journal.owner !== undefined && hasEnded(journal.owner))) continue;
    await rollBackObjects(store, journal, stored);
    removed += 1;
  }
  return removed;
}

async function readJournals(store: ObjectStore): Promise<SwitchJournal[]> {
  const keys: string[] = [OLD_JOURNAL];
  for await (const { key } of store.list(`${JOURNALS}/`)) keys.push(key);
  const journals: SwitchJournal[] = [];
  for (const key of keys) {
    const found = await store.readText(key);
    if (found !== null) journals.push(parseJournal(store.locate(key), found.text));
  }
  return journals;
}

function journalKeys({ publication }: SwitchJournal): string[] {
  return [publication === undefined ? OLD_JOURNAL : journalPath(publication)];
}

async function copyInto(store: ObjectStore, from: string, to: string, isNewest: () => Promise<boolean>): Promise<void> {
  await store.copy(from, to).catch(async (thrown: unknown) => {
    // A later version has been published, and a still later one has removed the snapshot.
    if (await isNewest()) throw switchUnfinished(store.location, store.locate(to), thrown);
  });
}

async function takeBack(store: ObjectStore, add: SwitchJournal["add"]): Promise<void> {
  const stored = await readStoredManifest(store);
  const listed = new Set(stored?.manifest.files.map(({ path }) => path));
  await store.remove(add.map(({ to }) => to).filter((path) => !listed.has(path)));
}

async function removeBelow(store: ObjectStore, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  await store.remove(keys);
}

type Exchange = { readonly remove: string[]; readonly add: { readonly from: string; readonly to: string }[] };

function byPartition({ remove, add }: SwitchSteps): Exchange[] {
  const partitions = new Map<string, Exchange>();
  const of = (path: string): Exchange => {
    // Below a partition's folder is that of the run.
    const folder = path.split("/").slice(0, -2).join("/");
    const known = partitions.get(folder) ?? { remove: [], add: [] };
    partitions.set(folder, known);
    return known;
  };
  for (const path of remove) of(path).remove.push(path);
  for (const each of add) of(each.to).add.push(each);
  return [...partitions.values()];
}
