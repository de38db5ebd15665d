import { createFolderRunStore } from "../../../src/adapters/run-store/folder-run-store.ts";
import { folderPlace } from "../table-output/table-place.ts";
import { describeRunStore } from "./describe-run-store.ts";

describeRunStore("a folder", async () => {
  const place = await folderPlace();
  return { ...place, store: createFolderRunStore(place.address) };
});
