/** What a frame is about, in a word or two, of whatever protocol it is. */
export function labelOf(data: string): string {
  const [first = ''] = data.split('\n', 1);
  return socketIoLabel(data) ?? jsonLabel(data) ?? first.slice(0, 80);
}

/** `42/operator,["chat.message",…]`; `43…` answers. */
function socketIoLabel(data: string): string | undefined {
  const [, type, rest = ''] = /^4([0-6])(?:\d*-)?(?:\/[^,]*,)?\d*(.*)$/s.exec(data) ?? [];
  if (type === undefined) return undefined;
  const words: Readonly<Record<string, string>> = {
    0: 'connect',
    1: 'disconnect',
    3: 'answer',
    4: 'error',
    6: 'answer',
  };
  const event: unknown = type === '2' || type === '5' ? parsed(rest) : undefined;
  return Array.isArray(event) ? String(event[0]) : words[type];
}

function jsonLabel(data: string): string | undefined {
  const value = parsed(data);
  if (Array.isArray(value) && value.length === 5 && typeof value[3] === 'string') return phoenixLabel(value);
  // An event of a queue says its type itself.
  if (isRecord(value) && typeof value['type'] === 'string') return value['type'];
  const messages = Array.isArray(value) ? value : [value];
  const channels = messages.map((message: unknown) => channelOf(message)).filter((name) => name !== undefined);
  return channels.length > 0 ? channels.join(', ') : undefined;
}

/** `[join_ref, ref, topic, event, payload]`. */
function phoenixLabel([, , , event, payload]: readonly unknown[]): string {
  return event === 'phx_reply' && isRecord(payload) ? `reply ${String(payload['status'])}` : String(event);
}

function channelOf(message: unknown): string | undefined {
  return isRecord(message) && typeof message['channel'] === 'string' ? message['channel'] : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
