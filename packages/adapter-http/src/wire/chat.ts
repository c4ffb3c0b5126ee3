import { chatStatuses } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { chatId, count, fields, flag, orNull, participantId, text, time } from './words.js';

export const statusSchema = Type.Enum(chatStatuses, {
  description: 'Where the chat stands; `pending` and `missed` wait for a person.',
});
const controlSchema = Type.Enum(['bot', 'queue', 'operator', 'none'] as const, {
  description: 'Who has the word on the side of the desk.',
});
export const closeReasons = ['operator', 'customer', 'left', 'idle', 'desk', 'erased'] as const;

const maybeTime = (description: string) => orNull(time(''), description);
const people = (description: string) => Type.Array(Type.String(), { description });

export const chatSchema = Type.Object(
  {
    id: chatId('UUID.'),
    version: count('How many events it has had.'),
    lastSeq: count('`seq` of its newest message; 0 for none.'),
    status: statusSchema,
    control: controlSchema,
    customerId: participantId('Who asked for help.'),
    customerIds: people('Everybody who speaks as the customer.'),
    memberIds: people('Operators and bots that joined.'),
    assigneeId: orNull(participantId(''), 'The operator who has it; null: nobody.'),
    previousAssigneeId: orNull(participantId(''), 'Who had it before.'),
    delegateId: orNull(participantId(''), 'The desk that has it in place of the queue.'),
    locale: text('Language of its customer.'),
    groups: Type.Array(Type.String(), { description: 'Groups of operators it is for.' }),
    subject: text('Empty for none.'),
    displayName: text('How the customer is shown.'),
    fields: fields('What its dialect told of it.'),
    addresses: Type.Record(Type.String(), Type.String(), { description: 'Its outside name in each space.' }),
    isBlocked: flag('Whether its customer was told that he is not accepted.'),
    unreadByDesk: count('Messages of the customer that nobody at the desk has read.'),
    unreadByCustomer: count('The other way round.'),
    openedAt: time('When it began.'),
    queuedAt: maybeTime('Since when it waits.'),
    assignedAt: maybeTime('Since when its assignee has it.'),
    changedAt: time('Last change of status.'),
    closedAt: maybeTime('When it was closed.'),
    closeReason: orNull(Type.Enum(closeReasons), 'Why it was closed.'),
  },
  { $id: 'Chat', description: 'A conversation as of one version.' },
);

/** A chat as backends read it. */
export type WireChat = Static<typeof chatSchema>;
