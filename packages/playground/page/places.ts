import { clustaarInterlocutor } from './clients/clustaar-interlocutor.js';
import { clustaarOperator } from './clients/clustaar-operator.js';
import { conveadManager } from './clients/convead-manager.js';
import { conveadVisitor } from './clients/convead-visitor.js';
import { happychatCustomer } from './clients/happychat-customer.js';
import { happychatOperator } from './clients/happychat-operator.js';
import { sermoCustomer } from './clients/sermo-customer.js';
import { ticketsOperator } from './clients/tickets-operator.js';
import { ticketsUser } from './clients/tickets-user.js';
import type { Seat } from './seat.js';

/** A protocol on one side of the page. */
export interface Place {
  readonly id: string;
  /** Of the product. */
  readonly name: string;
  /** What it goes over, and the library that speaks it here. */
  readonly over: string;
  readonly seat: Seat;
}

/** Everybody of this tab, as the protocols know them. */
export const peopleOfTab = new Set<string>();

/** As the development profile takes them: letters and digits; the same for the life of a tab. */
function nameOfTab(kind: string): string {
  const number = 100 + ((crypto.getRandomValues(new Uint16Array(1))[0] ?? 0) % 900);
  const name = sessionStorage.getItem(kind) ?? `${kind}${number}`;
  sessionStorage.setItem(kind, name);
  peopleOfTab.add(name);
  return name;
}

export const customers: readonly Place[] = [
  { id: 'convead', name: 'Convead', over: 'Faye', seat: conveadVisitor(nameOfTab('vera')) },
  { id: 'happychat', name: 'Happychat', over: 'Socket.IO', seat: happychatCustomer(nameOfTab('hana')) },
  { id: 'tickets', name: 'Tickets', over: 'Socket.IO', seat: ticketsUser(nameOfTab('timo')) },
  { id: 'sermo', name: 'Sermo', over: 'RabbitMQ', seat: sermoCustomer(nameOfTab('sven')) },
  { id: 'clustaar', name: 'Clustaar', over: 'Phoenix', seat: clustaarInterlocutor(nameOfTab('clea')) },
];

export const operators: readonly Place[] = [
  { id: 'happychat', name: 'Happychat', over: 'Socket.IO', seat: happychatOperator(nameOfTab('olga')) },
  { id: 'tickets', name: 'Tickets', over: 'Socket.IO', seat: ticketsOperator(nameOfTab('oscar')) },
  { id: 'convead', name: 'Convead', over: 'Faye', seat: conveadManager(nameOfTab('mona')) },
  { id: 'clustaar', name: 'Clustaar', over: 'Phoenix', seat: clustaarOperator(nameOfTab('paul')) },
];
