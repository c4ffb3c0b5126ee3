import { wireOf, type Core, type Delivery, type Happening, type Session } from '@dragoman/core';
import {
  anybody,
  createChannelServer,
  encodeFrame,
  type Channel,
  type ChannelServer,
  type EncodedFrame,
} from './channels/index.js';
import { interlocutorOf } from './clustaar/frames.js';
import { joinInterlocutor, type InterlocutorDesk } from './clustaar/interlocutor.js';
import { toFrames, type Words } from './clustaar/translate.js';
import type { ClustaarOptions, ClustaarSettings } from './options.js';

/** Opens the topics on a channel server of their own; clients can reach them when this returns. */
export function openTopics(core: Core, settings: ClustaarSettings, options: ClustaarOptions): ChannelServer {
  const { listener, allowedOrigins, addressOf } = settings;
  const sessions = new WeakMap<Channel, Session>();
  const desk: InterlocutorDesk = { core, options, sessions, framesOf: encoder(core, options, sessions) };
  return createChannelServer<undefined>({
    ...settings.channels,
    listener,
    mount: options.mount,
    connect: anybody,
    clock: core.clock,
    log: core.log,
    wire: wireOf(core, options.name),
    ...(allowedOrigins !== undefined && { allowedOrigins }),
    ...(addressOf !== undefined && { addressOf }),
    routes: [{ topic: 'interlocutor:*', pushes: options.replies, join: (join) => joinInterlocutor(join, desk) }],
  });
}

/** Frames by event and topic; with the last frame of an event the page has the event. */
function encoder(
  core: Core,
  options: ClustaarOptions,
  sessions: WeakMap<Channel, Session>,
): InterlocutorDesk['framesOf'] {
  const known = new WeakMap<Happening, Map<string, readonly EncodedFrame[]>>();

  function encode(event: Happening, topic: string): readonly EncodedFrame[] {
    const words: Words = {
      space: options.name,
      interlocutorId: interlocutorOf(topic) ?? '',
      linkOf: (id) => core.attachments.link(options.workspaceId, id),
      isHtmlTrusted: options.isHtmlTrusted,
    };
    const written = (channel: Channel): void => {
      if ('version' in event && 'chatId' in event) sessions.get(channel)?.written(event.chatId, event.version);
    };
    return toFrames(event, words).map((frame) => encodeFrame({ topic, ...frame, written }));
  }

  return ({ event }: Delivery, topic) => {
    const topics = known.get(event) ?? new Map<string, readonly EncodedFrame[]>();
    known.set(event, topics);
    const frames = topics.get(topic) ?? encode(event, topic);
    topics.set(topic, frames);
    return frames;
  };
}
