/** The log of one instance of a job, as the service writes it. */
export type InstanceLog = {
  /** About the job. */
  job(text: string): void;
  /** About one object; records are never named. */
  object(object: { readonly bucket: string; readonly key: string }, lines: readonly string[]): void;
};

export function createInstanceLog(write: (line: string) => void): InstanceLog {
  const line = (text: string): void => write(`${new Date().toISOString().slice(0, -1)}:[sagemaker logs]: ${text}`);
  return {
    job: line,
    object({ bucket, key }, lines) {
      for (const text of lines) line(`${bucket}/${key}: ${text}`);
    },
  };
}
