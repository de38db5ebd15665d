import { describeStoppedWriter } from "./describe-stopped-writer.ts";
import { folderPlace } from "./table-place.ts";

describeStoppedWriter("a folder", folderPlace);
