import type { AddressFact } from './event.js';
import type { ChatId } from './participant.js';

/** Where an outside name leads: the chat of its latest generation. */
export interface Address {
  /** Version of its stream; 0 while it leads nowhere. */
  readonly version: number;
  readonly generation: number;
  readonly chatId: ChatId | null;
}

export const unbound: Address = { version: 0, generation: 0, chatId: null };

export function evolveAddress(address: Address, fact: AddressFact): Address {
  return { version: address.version + 1, generation: fact.generation, chatId: fact.chatId };
}
