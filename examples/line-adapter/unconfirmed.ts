/** What a client was told and has not said to have got: nothing of it counts as written. For any protocol whose clients confirm. */
import type { ChatEvent, Session } from '@dragoman/core';

/** Something a client is told, by the number it will confirm. */
export interface Numbered {
  readonly number: number;
}

export interface Unconfirmed {
  /** `last`: the last thing told of the event; undefined: it needed no words, and is done with when all before it is. */
  told(event: ChatEvent, last: Numbered | undefined): void;
  /** This one and all before it have come; a number that was not told says nothing. */
  got(number: number): void;
}

const maxUnconfirmed = 1000;

export function unconfirmed(session: Session): Unconfirmed {
  const open: { readonly event: ChatEvent; readonly last: Numbered | undefined }[] = [];
  const settle = (count: number): void => {
    const next = open.findIndex(({ last }, index) => index >= count && last !== undefined);
    for (const { event } of open.splice(0, next === -1 ? open.length : next)) {
      session.written(event.chatId, event.version);
    }
  };
  return {
    got: (number) => settle(open.findIndex(({ last }) => last?.number === number) + 1),
    told(event, last) {
      open.push({ event, last });
      settle(0);
      if (open.length > maxUnconfirmed) open.shift();
    },
  };
}
