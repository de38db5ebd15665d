/** The most bytes that the model server takes in one request, by default. */
export const DEFAULT_BODY_LIMIT = 100_000_000;
