import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { releaseFrames } from "../polars/polars.ts";
import type { FrameTaskName } from "./tasks.ts";
import { FRAME_TASKS } from "./tasks.ts";

export type FrameTaskRequest = { readonly task: FrameTaskName; readonly input: unknown };

/** What comes back: an error is carried as data, because a thrown one would lose its code and facts between threads. */
export type FrameTaskReply = { readonly value: unknown } | { readonly error: ReturnType<ScoreframeError["toJSON"]> };

/** A process larger than this, in bytes, has its frames freed after every task. */
const SMALL_PROCESS = 384 << 20;
/** Tasks whose frames may wait in a smaller one. To free them takes 5 to 10 ms of processor time however few they are: as long as a tenth of a task. */
const MOST_TASKS = 4;

let waiting = 0;

/** The entry of a worker thread. Polars runs here because a panic of its engine would end the process if it ran asynchronously. */
export async function runFrameTask({ task, input }: FrameTaskRequest): Promise<FrameTaskReply> {
  try {
    return { value: (FRAME_TASKS[task] as (input: unknown) => unknown)(input) };
  } catch (error) {
    if (ScoreframeError.is(error)) return { error: error.toJSON() };
    throw error;
  } finally {
    // Here, where no variable of the task holds a frame any more; then a turn of the event loop, in which the finalisers run.
    waiting += 1;
    if (waiting === MOST_TASKS || process.memoryUsage.rss() > SMALL_PROCESS) {
      waiting = 0;
      releaseFrames();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
