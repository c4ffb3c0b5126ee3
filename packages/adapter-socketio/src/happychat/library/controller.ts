import { EventEmitter } from 'node:events';
import type { MessageFilter } from '@dragoman/core';
import { toCoreFilter, type FilterPlace, type LibraryFilter } from './filters.js';

/** `log`: what a customer who joined has seen; or a chat, and what an operator who joined it has [HC controller/log]. */
export interface ControllerEvents {
  readonly log: [messages: unknown] | [chatId: unknown, messages: unknown];
}

/** The part of a service that is about messages: filters go in, logs come out. */
export class Controller extends EventEmitter<ControllerEvents> {
  readonly #filters: MessageFilter[];
  readonly #place: FilterPlace;

  /** Filters are put behind those that are there. */
  constructor(filters: MessageFilter[], place: FilterPlace) {
    super();
    this.#filters = filters;
    this.#place = place;
  }

  /** From here on every message passes this filter too, after those before it [HCS filters]. */
  middleware(filter: LibraryFilter): this {
    this.#filters.push(toCoreFilter(filter, this.#place));
    return this;
  }
}
