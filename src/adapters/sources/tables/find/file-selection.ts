import { globPattern, globSegments } from "./glob-pattern.ts";
import { isHidden } from "./hidden-names.ts";

/** Which files and folders below a root belong to a table, by the names on the way to them. */
export type Selection = {
  readonly isFile: (names: readonly string[]) => boolean;
  /** Whether a folder may hold such files. */
  readonly mayHold: (names: readonly string[]) => boolean;
};

/** All files, except those that writers leave next to the data. */
export const EVERY_FILE: Selection = {
  isFile: (names) => !isHidden(names.at(-1) ?? ""),
  mayHold: (names) => !isHidden(names.at(-1) ?? ""),
};

/**
 * What a glob matches below the folder that it begins in. A hidden name is matched by a name that begins like it (`.a*`, `_b/*`) and by no other:
 * `**` would find the snapshots of a table in addition to the table.
 */
export function globSelection(glob: string): Selection {
  const pattern = globPattern(glob);
  const segments = globSegments(glob);
  const hides = (name: string): boolean =>
    isHidden(name) && !segments.some(({ text }) => text.startsWith(name.slice(0, 1)));
  return {
    isFile: (names) => !names.some(hides) && pattern.test(names.join("/")),
    mayHold(names) {
      if (names.some(hides)) return false;
      for (const [index, name] of names.entries()) {
        const segment = segments[index];
        if (segment?.text === "**") return true;
        if (segment === undefined || index === segments.length - 1 || !segment.pattern.test(name)) return false;
      }
      return true;
    },
  };
}
