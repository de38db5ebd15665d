import { notEmulated } from "../service-error.ts";
import type { Shape } from "./shape.ts";

/** A member that the service takes and the emulator refuses by its name, because leaving it out of account would change what comes out. */
export function refused(instead: string): Shape<never> {
  return {
    read(_value, at) {
      throw notEmulated(`'${at}'`, instead);
    },
  };
}
