import { askApi, queryOf } from './live/reach.js';
import { reading } from './live/stopped.js';
import type { AnyReachOptions } from './options.js';
import { answer, columns, type Said, type Terminal } from './terminal.js';

/** As what, and in which tenant, somebody is known by the name. */
export interface PersonOptions extends AnyReachOptions, Said {
  readonly side: 'customer' | 'operator' | 'bot';
  readonly realm?: string;
  readonly texts?: true;
}

interface Person {
  readonly id: string;
  readonly name: string;
}

/** Says which id somebody has whom a client calls by another. */
export async function person(space: string, id: string, options: PersonOptions, terminal: Terminal): Promise<void> {
  await reading(options, terminal, async (reach) => {
    const query = queryOf({ space, side: options.side, id, realm: options.realm });
    const found = (await (await askApi(reach, `/participants?${query}`)).json()) as Person;
    const shown = options.texts === true ? [found.id, found.name] : [found.id];
    answer(terminal, options, options.texts === true ? found : { id: found.id }, columns([shown]));
  });
}
