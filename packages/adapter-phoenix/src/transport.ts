import { wireOf, type Core, type Participant, type ParticipantId, type Session } from '@dragoman/core';
import { anybody, createChannelServer, type Channel, type ChannelRoute, type ChannelServer } from './channels/index.js';
import { interlocutorOf } from './clustaar/frames.js';
import { joinInterlocutor } from './clustaar/interlocutor.js';
import { toFrames } from './clustaar/translate.js';
import { createEncoder } from './encoder.js';
import { joinOperator } from './operator/desk.js';
import { toFrames as toOperatorFrames } from './operator/translate.js';
import type { ClustaarOptions, ClustaarSettings, OperatorTopic } from './options.js';

/** Opens the topics on a channel server of their own; clients can reach them when this returns. */
export function openTopics(core: Core, settings: ClustaarSettings, options: ClustaarOptions): ChannelServer {
  const { listener, allowedOrigins, addressOf } = settings;
  const { operators } = options;
  const isJoined = (topic: string): boolean => server.subscribers(topic).size > 0;
  const server = createChannelServer<undefined>({
    ...settings.channels,
    listener,
    mount: options.mount,
    connect: anybody,
    clock: core.clock,
    log: core.log,
    wire: wireOf(core, options.name),
    ...(allowedOrigins !== undefined && { allowedOrigins }),
    ...(addressOf !== undefined && { addressOf }),
    routes: [
      interlocutorRoute(core, options),
      ...(operators === undefined ? [] : [operatorRoute(core, { ...options, operators }, isJoined)]),
    ],
  });
  return server;
}

function interlocutorRoute(core: Core, options: ClustaarOptions): ChannelRoute<undefined> {
  const sessions = new WeakMap<Channel, Session>();
  const { name: space, isHtmlTrusted } = options;
  const linkOf = linksOf(core, options);
  const framesOf = createEncoder(sessions, (event, { topic }) =>
    toFrames(event, { space, interlocutorId: interlocutorOf(topic) ?? '', linkOf, isHtmlTrusted }),
  );
  const desk = { core, options, sessions, framesOf };
  return { topic: 'interlocutor:*', pushes: options.replies, join: (join) => joinInterlocutor(join, desk) };
}

function operatorRoute(
  core: Core,
  options: ClustaarOptions & { readonly operators: OperatorTopic },
  isJoined: (topic: string) => boolean,
): ChannelRoute<undefined> {
  const sessions = new WeakMap<Channel, Session>();
  const on = { space: options.name, linkOf: linksOf(core, options) };
  const whoIs = (channel: Channel) => {
    const session = sessions.get(channel);
    return (id: ParticipantId): Participant | undefined => session && core.lobby(session).person(id);
  };
  const framesOf = createEncoder(sessions, (event, channel) => toOperatorFrames(event, on, whoIs(channel)));
  const desk = { core, options, on, sessions, framesOf, isJoined };
  return { topic: 'operator:*', pushes: options.operators.calls, join: (join) => joinOperator(join, desk) };
}

function linksOf(core: Core, { workspaceId }: ClustaarOptions): (attachmentId: string) => string | null {
  return (id) => core.attachments.link(workspaceId, id);
}
