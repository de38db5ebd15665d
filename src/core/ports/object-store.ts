/** An object that is there. */
export type StoredObject = {
  /** Relative to the store's root, parts separated by `/`. */
  readonly key: string;
  readonly bytes: number;
  /** Changes whenever the object's bytes do. */
  readonly etag: string;
};

/** Prevents a write if the object is not as it was seen: `absent`, or the ETag that it must still have. */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

/**
 * Objects below one root, such as `s3://bucket/prefix`. There is no renaming and there are no folders. Whatever fails is a `ScoreframeError` that
 * names the object; a signal that aborts ends the act with its reason and leaves nothing half-written.
 */
export type ObjectStore = {
  /** The root as a person would write it, without a `/` at its end: `s3://bucket/prefix`. */
  readonly location: string;
  /** An object as a person would write it. */
  locate(key: string): string;
  /** Every object whose key begins with the prefix, in the order of the keys' UTF-8 bytes, however many there are. */
  list(prefix: string, signal?: AbortSignal): AsyncIterable<StoredObject>;
  /** The names between the prefix, which ends with `/`, and the next `/`, each once. */
  folders(prefix: string, signal?: AbortSignal): AsyncIterable<string>;
  /** Null if it is not there. */
  head(key: string, signal?: AbortSignal): Promise<StoredObject | null>;
  /** Null if it is not there. For small objects: it is held in memory. */
  readText(key: string, signal?: AbortSignal): Promise<{ readonly text: string; readonly etag: string } | null>;
  /** Answers its new ETag, or null if the condition does not hold; of several writers with one condition, one wins. */
  writeText(key: string, text: string, condition?: WriteCondition, signal?: AbortSignal): Promise<string | null>;
  /** Writes the object to the local file, which appears when it is whole. `OBJECT_NOT_FOUND` if it is not there. */
  download(key: string, path: string, signal?: AbortSignal): Promise<StoredObject>;
  /** The last bytes of an object, at most `bytes`, and its size. */
  readEnd(
    key: string,
    bytes: number,
    signal?: AbortSignal,
  ): Promise<{ readonly end: Uint8Array; readonly object: StoredObject }>;
  /** Stores a local file, of any size: memory does not grow with it. */
  upload(path: string, key: string, signal?: AbortSignal): Promise<StoredObject>;
  /** Copies within the store, without the bytes passing through this machine. */
  copy(from: string, to: string, signal?: AbortSignal): Promise<void>;
  /** What is not there is no error. */
  remove(keys: readonly string[], signal?: AbortSignal): Promise<void>;
};

/** Opens the store that an address names, such as `s3://bucket/prefix`; null if a path is one of this machine. */
export type OpenStore = (address: string) => Promise<ObjectStore> | null;
