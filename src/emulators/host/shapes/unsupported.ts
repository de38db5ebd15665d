import { notEmulated } from "../service-error.ts";
import type { Shape } from "./shape.ts";

/** A member that the service takes and the emulator rejects by its name, because ignoring it would change the result. */
export function unsupported(instead: string): Shape<never> {
  return {
    read(_value, at) {
      throw notEmulated(`'${at}'`, instead);
    },
  };
}
