/** What was asked and not answered; asked again each time the client is back. */
export interface Outstanding {
  /** Asks as soon as the client is ready, and again each time it is back. */
  ask<T>(send: (done: (answer: T) => void, refused: (why: Error) => void) => void): Promise<T>;
  /** The client is (again) where it can ask. */
  ready(): void;
  /** The connection is gone. */
  gone(): void;
}

export function outstanding(): Outstanding {
  const open = new Set<() => void>();
  let isReady = false;
  return {
    ask(send) {
      return new Promise((resolve, reject) => {
        const over = (): void => void open.delete(again);
        const again = (): void =>
          send(
            (answer) => (over(), resolve(answer)),
            (why) => (over(), reject(why)),
          );
        open.add(again);
        if (isReady) again();
      });
    },
    ready() {
      // Some clients are told so more than once: what was asked on this connection is on its way.
      if (isReady) return;
      isReady = true;
      for (const again of [...open]) again();
    },
    gone: () => void (isReady = false),
  };
}
