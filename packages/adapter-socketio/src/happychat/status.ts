import type { ChatStatus, ChatSummary } from '@dragoman/core';

/** The words of the wire [HCS chat record]. */
export type HappychatStatus =
  'new' | 'pending' | 'assigning' | 'assigned' | 'abandoned' | 'missed' | 'customer-disconnect' | 'closed';

const shownToCustomers: Readonly<Record<ChatStatus, HappychatStatus>> = {
  new: 'new',
  // `pending` would lock the composer of the real client, and the bot waits for words [HCC composer].
  'with-bot': 'assigned',
  pending: 'pending',
  assigned: 'assigned',
  missed: 'missed',
  abandoned: 'abandoned',
  'customer-disconnected': 'customer-disconnect',
  released: 'closed',
  closed: 'closed',
};

/** What a customer is told. */
export function statusForCustomer(status: ChatStatus): HappychatStatus {
  return shownToCustomers[status];
}

/** What operators see; a chat that the bot holds still waits for one of them. */
export function statusForOperators(status: ChatStatus): HappychatStatus {
  return status === 'with-bot' ? 'pending' : shownToCustomers[status];
}

/** Chats that are not, neither wait nor are served: operators' state does not hold them [HCS state]. */
export function isUnderWay(status: HappychatStatus): boolean {
  return status !== 'new' && status !== 'closed';
}

/** Whether advice about new chats concerns this customer: not one who waits or is being helped [HCS accept]. */
export function hearsAdvice(chat: Pick<ChatSummary, 'status'> | null): boolean {
  const status = statusForCustomer(chat?.status ?? 'new');
  return !isUnderWay(status) || status === 'customer-disconnect';
}
