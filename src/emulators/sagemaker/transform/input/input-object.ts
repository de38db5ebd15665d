export type InputObject = {
  readonly bucket: string;
  readonly key: string;
  /** The name of its output, below the output path. */
  readonly name: string;
};
