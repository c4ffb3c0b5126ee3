import type { Cancel, ChatEvent, Delivery, Fields, ParticipantId } from '@dragoman/core';

/** One socket of a customer, as the others of his `session_id` know it. */
export interface Seat {
  readonly participantId: ParticipantId;
  /** As the authenticator gave him. */
  readonly user: Fields;
  /** False while nobody has said anything in his chat. */
  hasChat(): boolean;
  /** Takes what another customer of the room was told. */
  overhear(delivery: Delivery & { readonly event: ChatEvent }): void;
}

/**
 * Who sits behind each `session_id`. Whoever knows the id hears its chat [HCS authenticators], also the very word that
 * opens it, when he is none of the chat's customers yet.
 */
export interface Rooms {
  enter(key: string, seat: Seat): Cancel;
  /** Passes on what one customer of the room was told to those whom it does not reach otherwise. */
  share(key: string, by: ParticipantId, delivery: Delivery & { readonly event: ChatEvent }): void;
  /** Rooms in which nobody has said anything, with the first who came. */
  quiet(): readonly { readonly key: string; readonly user: Fields }[];
}

export function createRooms(): Rooms {
  const rooms = new Map<string, Set<Seat>>();
  return {
    enter(key, seat) {
      const room = rooms.get(key) ?? new Set();
      rooms.set(key, room.add(seat));
      return () => {
        room.delete(seat);
        if (room.size === 0 && rooms.get(key) === room) rooms.delete(key);
      };
    },
    share(key, by, delivery) {
      const { customerIds } = delivery.event.chat;
      for (const seat of rooms.get(key) ?? []) {
        const { participantId } = seat;
        if (participantId !== by && !customerIds.includes(participantId)) seat.overhear(delivery);
      }
    },
    quiet() {
      return [...rooms].flatMap(([key, [first]]) =>
        first === undefined || first.hasChat() ? [] : [{ key, user: first.user }],
      );
    },
  };
}
