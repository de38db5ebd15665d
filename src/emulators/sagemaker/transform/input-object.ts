export type InputObject = {
  readonly bucket: string;
  readonly key: string;
  /** What its output is named after, below the output path. */
  readonly name: string;
};
