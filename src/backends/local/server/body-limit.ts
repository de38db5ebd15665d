/** Most bytes that the model server takes in one request, unless told otherwise. */
export const DEFAULT_BODY_LIMIT = 100_000_000;
