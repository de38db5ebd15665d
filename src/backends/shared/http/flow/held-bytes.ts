import type { WaitList } from "./wait-list.ts";

/** Bytes of responses in memory, over all requests: those that arrive, and those that wait for an earlier one or for the disk. */
export type HeldBytes = {
  /** Whether another request may be sent. */
  hasRoom(): boolean;
  /** What the next request will hold. Requests are opened in their order. */
  open(): ResponseShare;
};

/** What one request holds. */
export type ResponseShare = {
  /** More bytes are held; fewer if negative. */
  add(bytes: number): void;
  /** Only this many bytes are held. */
  hold(bytes: number): void;
  /** Null if the next bytes may be read at once, otherwise what to wait for. */
  room(): Promise<void> | null;
  /** Milliseconds that its reading has been held back so far. */
  delay(): number;
  /** No later response waits for this one any more. */
  settle(): void;
};

/**
 * Above `most` bytes no further request is sent, and only the earliest open one is read on: it is never held back, since all that waits for it
 * is freed by it. So at most `most` bytes and one response are held.
 */
export function createHeldBytes(most: number, changed: WaitList): HeldBytes {
  const open = new Set<ResponseShare>();
  let held = 0;
  const isBelow = (): boolean => held < most;

  return {
    hasRoom: () => isBelow() || open.size === 0,
    open() {
      let own = 0;
      let delayed = 0;
      let since: number | null = null;
      const mayRead = (): boolean => isBelow() || open.values().next().value === share;
      const waitForRoom = async (): Promise<void> => {
        since = performance.now();
        await changed.until(mayRead);
        delayed = share.delay();
        since = null;
      };
      const share: ResponseShare = {
        add(bytes) {
          own += bytes;
          held += bytes;
          if (bytes < 0) changed.notify();
        },
        hold: (bytes) => share.add(bytes - own),
        room: () => (mayRead() ? null : waitForRoom()),
        delay: () => delayed + (since === null ? 0 : performance.now() - since),
        settle() {
          open.delete(share);
          changed.notify();
        },
      };
      open.add(share);
      return share;
    },
  };
}
