import { mapConcurrently } from "../../core/pipeline/map-concurrently.ts";
import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { OutputLock } from "../../core/ports/table-output.ts";
import { writeOurs } from "../object-store/write-ours.ts";
import { readStoredManifest } from "./check-objects.ts";
import type { SwitchJournal } from "./journal-record.ts";
import { parseJournal } from "./journal-record.ts";
import { switchUnfinished } from "./output-refusals.ts";
import { JOURNAL } from "./table-layout.ts";

/** Partitions whose visible objects are exchanged at a time, and copies in each. */
const PARTITIONS_AT_A_TIME = 16;
const COPIES_AT_A_TIME = 4;

/** False where another run's journal is there. */
export async function writeObjectJournal(store: ObjectStore, journal: SwitchJournal): Promise<boolean> {
  return (await writeOurs(store, JOURNAL, JSON.stringify(journal), { absent: true })) !== null;
}

/** Takes back the journal of a switch that did not come about. Somebody else's stays. */
export async function abandonObjectSwitch(store: ObjectStore, journal: SwitchJournal): Promise<void> {
  if ((await store.readText(JOURNAL))?.text === JSON.stringify(journal)) await store.remove([JOURNAL]);
}

/**
 * Brings what globs see to what the manifest says, and closes the journal. Every step may be repeated. Of a partition, all former objects go before the
 * first new one comes. The lock is looked at before each partition: a process that stood still while another run took over must not go on.
 */
export async function carryOutObjects(
  store: ObjectStore,
  journal: SwitchJournal,
  lock: Pick<OutputLock, "verify">,
): Promise<void> {
  const partitions = [...byPartition(journal).values()];
  const done = mapConcurrently(partitions, PARTITIONS_AT_A_TIME, async ({ remove, add }) => {
    await lock.verify();
    if (remove.length > 0) await store.remove(remove);
    const copied = mapConcurrently(add, COPIES_AT_A_TIME, ({ from, to }) => copyInto(store, from, to));
    for await (const _ of copied);
  });
  for await (const _ of done);
  await store.remove([JOURNAL]);
}

/** After a crash: forward where the manifest was replaced already, back where it was not. */
export async function completeObjectSwitch(store: ObjectStore, lock: Pick<OutputLock, "verify">): Promise<void> {
  const found = await store.readText(JOURNAL);
  if (found === null) return;
  const journal = parseJournal(store.locate(JOURNAL), found.text);
  const stored = await readStoredManifest(store);
  if (stored !== null && stored.manifest.version >= journal.version) await carryOutObjects(store, journal, lock);
  else await abandonObjectSwitch(store, journal);
}

async function copyInto(store: ObjectStore, from: string, to: string): Promise<void> {
  await store.copy(from, to).catch((thrown: unknown) => {
    throw switchUnfinished(store.location, store.locate(to), thrown);
  });
}

type Exchange = { readonly remove: string[]; readonly add: { readonly from: string; readonly to: string }[] };

function byPartition({ remove, add }: SwitchJournal): Map<string, Exchange> {
  const partitions = new Map<string, Exchange>();
  const of = (path: string): Exchange => {
    // Below a partition's folder lies that of the run.
    const folder = path.split("/").slice(0, -2).join("/");
    const known = partitions.get(folder) ?? { remove: [], add: [] };
    partitions.set(folder, known);
    return known;
  };
  for (const path of remove) of(path).remove.push(path);
  for (const each of add) of(each.to).add.push(each);
  return partitions;
}
