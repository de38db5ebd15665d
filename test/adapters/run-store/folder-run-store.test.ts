import { createFolderRunStore } from "../../../src/adapters/run-store/folder-run-store.ts";
import { folderPlace } from "../table-output/table-place.ts";
import { describeRunStore } from "./describe-run-store.ts";

describeRunStore(
  "a folder",
  async () => {
    const place = await folderPlace();
    return { ...place, store: createFolderRunStore(place.address) };
  },
  {
    "can be read by a service, whose answers come here": {
      reason: "a folder of this machine, which no service reaches",
      error: "there is no remote",
    },
  },
);
