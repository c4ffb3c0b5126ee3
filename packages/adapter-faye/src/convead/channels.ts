import { isVisitorId } from './frames.js';

/** A channel a client may ask for, read. [CONVEAD channels] */
export type Channel =
  | { readonly family: 'duty' }
  | { readonly family: 'service' | 'notifications'; readonly visitorId: string }
  | { readonly family: 'conversation'; readonly number: number };

/** Subscribing to it is being on duty. [CONVEAD /service/*] */
export const dutyChannel = '/service/*';

export const serviceChannel = (visitorId: string): string => `/service/${visitorId}`;
export const conversationChannel = (number: number): string => `/conversations/${number}`;
export const notificationsChannel = (visitorId: string): string => `/notifications/${visitorId}`;

/** Undefined: none of this protocol's channels. */
export function parseChannel(name: string): Channel | undefined {
  if (name === dutyChannel) return { family: 'duty' };
  const [root, family, id, ...rest] = name.split('/');
  if (root !== '' || id === undefined || rest.length > 0) return undefined;
  if (family === 'conversations')
    return /^[1-9]\d{0,15}$/.test(id) ? { family: 'conversation', number: Number(id) } : undefined;
  if ((family !== 'service' && family !== 'notifications') || !isVisitorId(id)) return undefined;
  return { family, visitorId: id };
}
