/** What a source has found out about its files, kept between its calls (describe, extract, a second attempt with more memory). */
export type SourceMemory = {
  /** The value that `make` gave for the key. A failure is not kept. */
  remember<T>(key: string, make: () => Promise<T>): Promise<T>;
};

export function createSourceMemory(): SourceMemory {
  const known = new Map<string, Promise<unknown>>();
  return {
    remember<T>(key: string, make: () => Promise<T>): Promise<T> {
      const found = known.get(key);
      if (found !== undefined) return found as Promise<T>;
      const made = make();
      known.set(key, made);
      made.catch(() => known.delete(key));
      return made;
    },
  };
}
