/** A time as the AWS JSON protocols write it: seconds since 1970, with milliseconds as a fraction. */
export function epochSeconds(time: Date): number {
  return time.getTime() / 1000;
}
