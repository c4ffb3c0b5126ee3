/** The wire of Clustaar's take-control protocol, inbound: what an interlocutor's page may say, checked [CLU]. */

/** Bounds of what a page may say; what is longer is refused [CLU errors]. */
export const clustaarLimits = {
  /** Of a text, without the white space around it [CLU reply]. */
  textUnits: 2000,
  nameUnits: 200,
  /** Of any other body, as JSON. */
  bodyUnits: 8192,
  tokenUnits: 512,
  originUnits: 2048,
  channelUnits: 64,
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** What a join must say [CLU join]. */
export interface JoinParams {
  readonly botId: string;
  readonly socketToken: string;
  /** Page that the widget is on; never used for access. */
  readonly origin: string | undefined;
  readonly isLogged: boolean | undefined;
}

/** What an interlocutor says [CLU interlocutor_reply]. */
export type Reply =
  | { readonly kind: 'text'; readonly message: string }
  /** For whoever answers; the body as it came. */
  | { readonly kind: 'event'; readonly name: string; readonly body: Fields; readonly isForBot: boolean }
  /** A page was opened: worth nothing unless a conversation is under way. */
  | { readonly kind: 'url'; readonly body: Fields };

/** One push of a page, read [CLU interlocutor_reply]. */
export interface ReplyFrame {
  readonly botToken: string;
  readonly reply: Reply;
  /** False: input that nobody is shown. */
  readonly isShown: boolean;
  readonly channel: string;
}

/** Why a push says nothing [CLU errors]. */
export type ReplyProblem = 'invalid body' | 'message too long';

const interlocutorTopic = /^interlocutor:([A-Za-z0-9_-]{1,128})$/;

/** Whose topic this is; undefined: nobody's. */
export function interlocutorOf(topic: string): string | undefined {
  return interlocutorTopic.exec(topic)?.[1];
}

/** Undefined: `invalid params`. */
export function parseJoin(params: Fields): JoinParams | undefined {
  const { bot_id: botId, socketToken, origin, isLogged } = params;
  if (!isShortText(botId, 128) || !isShortText(socketToken, clustaarLimits.tokenUnits)) return undefined;
  return {
    botId,
    socketToken,
    origin: isShortText(origin, clustaarLimits.originUnits) ? origin : undefined,
    isLogged: typeof isLogged === 'boolean' ? isLogged : undefined,
  };
}

export function parseReply(payload: unknown): ReplyFrame | ReplyProblem {
  if (!isRecord(payload)) return 'invalid body';
  const { token, params, body } = payload;
  const reply = parseBody(body);
  if (typeof reply === 'string') return reply;
  const { display, channel } = isRecord(params) ? params : {};
  return {
    botToken: typeof token === 'string' ? token : '',
    reply,
    isShown: display !== false,
    channel: isShortText(channel, clustaarLimits.channelUnits) ? channel : 'clustaar_web_chat',
  };
}

function parseBody(body: unknown): Reply | ReplyProblem {
  if (!isRecord(body) || !isShortText(body['type'], clustaarLimits.nameUnits)) return 'invalid body';
  const { type } = body;
  if (type === 'text') return parseText(body['message'], []);
  if (type === 'legacy_reply_to_message_action') return parseText(body['message'], linksIn(body['attachments']));
  if (isTooLong(body)) return 'message too long';
  switch (type) {
    case 'custom_event':
      return isShortText(body['name'], clustaarLimits.nameUnits)
        ? { kind: 'event', name: body['name'], body, isForBot: false }
        : 'invalid body';
    case 'go_to_action':
      return isRecord(body['target']) ? { kind: 'event', name: 'go_to', body, isForBot: true } : 'invalid body';
    case 'url_loaded_event':
      return typeof body['url'] === 'string' ? { kind: 'url', body } : 'invalid body';
    default:
      return { kind: 'event', name: `clustaar.${type}`, body, isForBot: false };
  }
}

/** What is nested deeper than JSON can be written is far too long as well. */
function isTooLong(body: Fields): boolean {
  try {
    return JSON.stringify(body).length > clustaarLimits.bodyUnits;
  } catch {
    return true;
  }
}

function parseText(message: unknown, links: readonly string[]): Reply | ReplyProblem {
  if (typeof message !== 'string') return 'invalid body';
  if (message.trim().length > clustaarLimits.textUnits) return 'message too long';
  const text = [message, ...links].filter((line) => line !== '').join('\n');
  return text.trim() === '' ? 'invalid body' : { kind: 'text', message: text };
}

/** Files that older widgets uploaded elsewhere. */
function linksIn(attachments: unknown): readonly string[] {
  if (!Array.isArray(attachments)) return [];
  return attachments.slice(0, 10).flatMap((item: unknown) => {
    if (!isRecord(item) || !isShortText(item['url'], clustaarLimits.originUnits)) return [];
    const name = isShortText(item['name'], clustaarLimits.nameUnits) ? `${item['name']}: ` : '';
    return [`${name}${item['url']}`];
  });
}

function isShortText(value: unknown, units: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= units;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
