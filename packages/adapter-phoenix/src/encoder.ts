import type { ChatSummary, Delivery, Fields, Happening, ParticipantId, Session } from '@dragoman/core';
import { encodeFrame, type Channel, type EncodedFrame } from './channels/index.js';

/** Frames of a delivery for whoever is joined to a channel's topic. */
export type FramesOf = (delivery: Pick<Delivery, 'event'>, channel: Channel) => readonly EncodedFrame[];

/** What a dialect says of an event on one topic. */
type Say = (event: Happening, channel: Channel) => readonly { readonly event: string; readonly payload: Fields }[];

/** Encodes an event once for each topic; who has a frame of it has the event. Of signals there is no mark to move. */
export function createEncoder(sessions: WeakMap<Channel, Session>, say: Say): FramesOf {
  const known = new WeakMap<Happening, Map<string, readonly EncodedFrame[]>>();

  function encode(event: Happening, channel: Channel): readonly EncodedFrame[] {
    const { topic } = channel;
    if (!('version' in event) || !('chatId' in event)) {
      return say(event, channel).map((frame) => encodeFrame({ topic, ...frame }));
    }
    const written = (to: Channel): void => {
      const session = sessions.get(to);
      if (session === undefined) return;
      if (isNear(event.chat, session.participant.id)) session.written(event.chatId, event.version);
    };
    return say(event, channel).map((frame) => encodeFrame({ topic, ...frame, written }));
  }

  return ({ event }, channel) => {
    const topics = known.get(event) ?? new Map<string, readonly EncodedFrame[]>();
    known.set(event, topics);
    const frames = topics.get(channel.topic) ?? encode(event, channel);
    topics.set(channel.topic, frames);
    return frames;
  };
}

/** Whether the chat is, or just was, one of his: of others nothing is handed over, and no bookmark needed. */
function isNear({ customerIds, memberIds, leftIds, ...chat }: ChatSummary, id: ParticipantId): boolean {
  if (chat.assigneeId === id || chat.previousAssigneeId === id) return true;
  return customerIds.includes(id) || memberIds.includes(id) || leftIds.includes(id);
}
