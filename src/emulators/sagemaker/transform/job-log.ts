/** The lines of a job's log, as the service writes them. */
export type JobLog = {
  /** About the job. */
  job(text: string): void;
  /** About one object; records are never named. */
  object(object: { readonly bucket: string; readonly key: string }, lines: readonly string[]): void;
};

export function createJobLog(name: string, write: (line: string) => void): JobLog {
  const line = (text: string): void => {
    const time = new Date().toISOString().slice(0, -1);
    write(`${name} ${time}:[sagemaker logs]: ${text}`);
  };
  return {
    job: line,
    object({ bucket, key }, lines) {
      for (const text of lines) line(`${bucket}/${key}: ${text}`);
    },
  };
}
