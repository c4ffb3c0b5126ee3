import { addressIn, outsideId, type ChatSummary, type Fields, type Participant } from '@dragoman/core';

/** A user in messages: the keys of both generations of clients [HCD 7]. */
export interface HappychatUser {
  readonly id: string | number;
  readonly name: string;
  readonly username: string;
  readonly displayName: string;
  readonly picture: string;
  readonly avatarURL: string;
}

/** A chat as operators know it [HCS message]: the customer's facts under the chat's id. */
export interface HappychatChat {
  readonly user_id: string | number;
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly picture: string;
  readonly locale?: string;
  readonly groups?: readonly string[];
}

/** Who speaks for nobody in particular. */
export const systemUser: HappychatUser = {
  id: 'system',
  name: 'System',
  username: 'system',
  displayName: 'System',
  picture: '',
  avatarURL: '',
};

/** A participant as the author of a message. */
export function toUser(who: Participant | undefined, space: string): HappychatUser {
  if (who === undefined) return systemUser;
  const { profile } = who;
  const id = wireId(who, space);
  const spoken = who.name === '' ? `Visitor ${who.id.slice(-4)}` : who.name;
  const displayName = textOf(profile['displayName']) ?? textOf(profile['name']) ?? spoken;
  const picture = textOf(profile['picture']) ?? textOf(profile['avatarURL']) ?? '';
  return {
    id,
    name: textOf(profile['name']) ?? displayName,
    username: textOf(profile['username']) ?? String(id),
    displayName,
    picture,
    avatarURL: textOf(profile['avatarURL']) ?? picture,
  };
}

/**
 * The object the authenticator gave, for those who may see all of it: operators see customers so while they type, and
 * each other in event messages [HC operator]. People of other dialects appear as users.
 */
export function toFullUser(who: Participant | undefined, space: string): Readonly<Record<string, unknown>> {
  if (who === undefined) return {};
  return isOurs(who, space) ? { ...who.profile } : { ...toUser(who, space) };
}

/** The chat, named as this space names it. */
export function toChat(chat: ChatSummary, customer: Participant | undefined, space: string): HappychatChat {
  const user = toUser(customer, space);
  return {
    user_id: user.id,
    id: addressIn(chat, space),
    username: user.username,
    name: user.displayName,
    picture: user.picture,
    // A customer who has told neither shows neither [HCS message].
    ...(customer?.locale != null && { locale: chat.locale }),
    ...(customer !== undefined && customer.groups.length > 0 && { groups: chat.groups }),
  };
}

/** A chat in which nobody has said anything: there is none yet, but its customer is here [HCS transitions]. */
export function toNewChat(user: Fields, key: string): HappychatChat {
  const { id, locale, groups } = user;
  return {
    user_id: typeof id === 'number' ? id : String(id),
    id: key,
    username: textOf(user['username']) ?? String(id),
    name: textOf(user['displayName']) ?? textOf(user['name']) ?? '',
    picture: textOf(user['picture']) ?? '',
    ...(typeof locale === 'string' && { locale }),
    ...(Array.isArray(groups) && { groups: groups.filter((group) => typeof group === 'string') }),
  };
}

/** The id a participant goes by in this space, whichever side it is on. */
export function wireId(who: Participant, space: string): string | number {
  return outsideId(who, space, who.role === 'monitor' ? 'bot' : who.role);
}

function isOurs(who: Participant, space: string): boolean {
  return who.identities.some((identity) => identity.space === space);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
