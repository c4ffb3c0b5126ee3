import {
  neverAway,
  type Cancel,
  type Core,
  type Delivery,
  type DisconnectReason,
  type Identity,
  type ParticipantId,
  type Session,
  type SessionOptions,
} from '@dragoman/core';
import type { Sender, Speaker } from './convead/frames.js';
import type { BayeuxSession } from './sessions.js';

/** Somebody of this dialect, with one session in the core for all his tabs and requests together. */
export interface Person {
  readonly type: Sender['type'];
  /** His id on the wire, as text. */
  readonly externalId: string;
  readonly session: Session;
  /** The Bayeux sessions he listens on. */
  readonly listeners: Set<BayeuxSession>;
}

/** The id of a person in the core. */
export function participantId(person: Person): ParticipantId {
  return person.session.participant.id;
}

export interface PeopleOptions {
  readonly workspaceId: string;
  readonly space: string;
  /** How long somebody counts as present after his last request or session, ms. */
  readonly lingerMs: number;
  readonly deliver: (person: Person, delivery: Delivery) => void;
  readonly onEnd: (person: Person, reason: DisconnectReason) => void;
}

interface Entry {
  who: Speaker;
  readonly ready: Promise<Person>;
  holds: number;
  cancelEnd: Cancel;
  /** Bayeux sessions on duty, and the session that tells routing so. */
  readonly onDuty: Set<BayeuxSession>;
  duty: Session | undefined;
  dutyTurn: Promise<void>;
}

/** Everybody who is present through this adapter; who is present in the core is exactly who is here. */
export class People {
  readonly #core: Core;
  readonly #options: PeopleOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(core: Core, options: PeopleOptions) {
    this.#core = core;
    this.#options = options;
  }

  /** Makes somebody present until `release`; rejects when the core cannot take him. */
  async hold(who: Speaker): Promise<Person> {
    const key = keyOf(who);
    const entry = this.#entries.get(key) ?? this.#enter(key, who);
    entry.holds += 1;
    entry.cancelEnd();
    try {
      const person = await entry.ready;
      if (who.name !== '' && who.name !== entry.who.name) {
        entry.who = who;
        await this.#core.dispatch(person.session, { type: 'UpdateParticipant', name: who.name });
      }
      return person;
    } catch (error) {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
      throw error;
    }
  }

  release(person: Person): void {
    const key = keyOf({ type: person.type, id: person.externalId });
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.holds -= 1;
    if (entry.holds > 0) return;
    entry.cancelEnd();
    entry.cancelEnd = this.#core.clock.after(this.#options.lingerMs, () => void this.#leave(key, entry));
  }

  isOnDuty(person: Person): boolean {
    return this.#entryOf(person)?.duty !== undefined;
  }

  /** Resolves when routing knows. */
  goOnDuty(person: Person, listener: BayeuxSession): Promise<void> {
    const entry = this.#entryOf(person);
    entry?.onDuty.add(listener);
    return this.#settleDuty(entry);
  }

  goOffDuty(person: Person, listener: BayeuxSession): Promise<void> {
    const entry = this.#entryOf(person);
    entry?.onDuty.delete(listener);
    return this.#settleDuty(entry);
  }

  /** Ends everybody's sessions. */
  async close(): Promise<void> {
    await Promise.all([...this.#entries].map(([key, entry]) => this.#leave(key, entry)));
  }

  #entryOf(person: Person): Entry | undefined {
    return this.#entries.get(keyOf({ type: person.type, id: person.externalId }));
  }

  #enter(key: string, who: Speaker): Entry {
    const entry: Entry = {
      who,
      ready: this.#connect(key, who),
      holds: 0,
      cancelEnd: () => undefined,
      onDuty: new Set(),
      duty: undefined,
      dutyTurn: Promise.resolve(),
    };
    this.#entries.set(key, entry);
    return entry;
  }

  async #connect(key: string, who: Speaker): Promise<Person> {
    const { deliver, onEnd } = this.#options;
    const waiting: Delivery[] = [];
    let person: Person | undefined;
    const session = await this.#core.connect(
      this.identityOf(who),
      {
        ...listening(who),
        onEnd: (reason) => {
          this.#entries.delete(key);
          if (person !== undefined) onEnd(person, reason);
        },
      },
      (delivery) => void (person === undefined ? waiting.push(delivery) : deliver(person, delivery)),
    );
    const entered: Person = { type: who.type, externalId: who.id, session, listeners: new Set() };
    person = entered;
    for (const delivery of waiting) deliver(entered, delivery);
    return entered;
  }

  /** How the core knows somebody. */
  identityOf({ type, id, name }: Speaker): Identity {
    const side = type === 'visitor' ? 'customer' : 'operator';
    const isNumber = type === 'manager' && /^(0|[1-9]\d{0,14})$/.test(id);
    const { workspaceId, space } = this.#options;
    return {
      workspaceId,
      space,
      side,
      role: side,
      realm: '',
      externalId: id,
      idType: isNumber ? 'number' : 'string',
      name,
    };
  }

  async #leave(key: string, entry: Entry): Promise<void> {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.cancelEnd();
    const person = await entry.ready;
    entry.onDuty.clear();
    await this.#settleDuty(entry);
    await person.session.end();
  }

  /** One change of duty after the other; what is wanted is looked at when its turn comes. */
  #settleDuty(entry: Entry | undefined): Promise<void> {
    if (entry === undefined) return Promise.resolve();
    entry.dutyTurn = entry.dutyTurn
      .then(() => this.#changeDuty(entry))
      .catch((error: unknown) => {
        this.#core.log.error({ error: String(error) }, 'a change of duty failed');
      });
    return entry.dutyTurn;
  }

  async #changeDuty(entry: Entry): Promise<void> {
    const isWanted = entry.onDuty.size > 0;
    if (isWanted === (entry.duty !== undefined)) return;
    if (entry.duty !== undefined) {
      const { duty } = entry;
      entry.duty = undefined;
      await this.#core.dispatch(duty, { type: 'SetAvailability', status: 'unavailable' });
      return duty.end();
    }
    // It only tells routing that the manager works; what he hears comes over his own session.
    const duty = await this.#core.connect(
      this.identityOf(entry.who),
      { ...listening(entry.who), mode: 'auto' },
      () => undefined,
    );
    entry.duty = duty;
    const capacity = Object.fromEntries(this.#core.lobby(duty).locales.supported.map((locale) => [locale, null]));
    await this.#core.dispatch(duty, { type: 'SetAvailability', status: 'available', capacity });
  }
}

function keyOf({ type, id }: Pick<Speaker, 'type' | 'id'>): string {
  return `${type}:${id}`;
}

/** Absence of a visitor changes nothing in a conversation. [CONVEAD channels] */
function listening({ type }: Pick<Sender, 'type'>): SessionOptions {
  return { scope: 'own', echo: 'all', away: type === 'visitor' ? neverAway : null, chats: 'mine' };
}
