import type { AdapterConfig } from '../../dialects/index.js';

/** Each dialect in one line, for the person who chooses. */
export const titles: Readonly<Record<AdapterConfig['dialect'], string>> = {
  happychat: 'Happychat: the Happychat client and operators, over Socket.IO',
  tickets: 'Tickets: customers and operators with tickets, over Socket.IO',
  convead: 'Convead: the widget and managers, over Faye',
  clustaar: 'Clustaar: the web chat of a bot, over Phoenix Channels',
  sermo: 'Sermo: front ends and desks behind RabbitMQ (needs a broker)',
  http: 'HTTP: a REST API and an event feed for backends of your own, and for `dragoman chats`',
};
