import { EventEmitter, once } from 'node:events';
import {
  carrierOptions,
  openCarrier,
  type Application,
  type BayeuxSession,
  type Carrier,
  type CarrierSettings,
} from '@dragoman/adapter-faye';
import { silentLog, systemClock, systemIds, type Clock } from '@dragoman/core';
import { openListener, type TestListener } from './node-listener.js';

/** What the carrier told its application, in order. */
export type Told = { readonly what: string; readonly session: BayeuxSession; readonly about?: unknown };

export interface TestCarrier extends TestListener {
  readonly carrier: Carrier;
  readonly told: Told[];
  /** Resolves when the carrier has told this, or had told it before. */
  waitFor(what: string, about?: unknown): Promise<Told>;
}

/** A carrier whose application lets clients subscribe to one level of `/service` and `/conversations`. */
export async function openTestCarrier(
  settings: CarrierSettings = {},
  changes: Partial<Application> = {},
  clock: Clock = systemClock,
): Promise<TestCarrier> {
  const listener = await openListener();
  const told: Told[] = [];
  const news = new EventEmitter();
  const tell = (what: string, session: BayeuxSession, about?: unknown): void => {
    told.push({ what, session, about });
    news.emit('told');
  };
  const application: Application = {
    admit: () => undefined,
    opened: (session) => tell('opened', session),
    authorize: async (_session, channels) => {
      const refused = channels.find((channel) => !/^\/(service|conversations)\/([^/*]+|\*)$/.test(channel));
      return refused === undefined ? undefined : `403:${refused}:Forbidden channel`;
    },
    subscribed: (session, channels) => tell('subscribed', session, channels.join()),
    unsubscribed: (session, channels) => tell('unsubscribed', session, channels.join()),
    fellQuiet: (session) => tell('fellQuiet', session),
    woke: (session) => tell('woke', session),
    written: (session, frame) => tell('written', session, frame.text),
    ended: (session, reason) => tell('ended', session, reason),
    ...changes,
  };
  const ports = { listener: listener.listener, clock, ids: systemIds, log: silentLog };
  const carrier = openCarrier(ports, carrierOptions(settings), application);
  return {
    ...listener,
    carrier,
    told,
    async waitFor(what, about) {
      for (;;) {
        const found = told.find((one) => one.what === what && (about === undefined || one.about === about));
        if (found !== undefined) return found;
        await once(news, 'told');
      }
    },
    async close() {
      await carrier.close();
      await listener.close();
    },
  };
}
