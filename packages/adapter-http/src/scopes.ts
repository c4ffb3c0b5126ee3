/**
 * What an API key may do. `read`: chats, messages, people, pictures; `events`: the feed; `customers`, `operators`, `bots`:
 * act for such participants of the adapter's own space; `routing`: how the workspace routes, and every operator's state of
 * work; `webhooks`: see and drive the delivery to endpoints; `privacy`: read all that is kept of a person, and erase it.
 */
export const scopes = ['read', 'events', 'customers', 'operators', 'bots', 'routing', 'webhooks', 'privacy'] as const;
export type Scope = (typeof scopes)[number];
