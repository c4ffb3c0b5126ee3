import { openNamespace } from './engine.js';
import { ask, json } from './participant.js';

/** Whether the real adapter of a protocol answers; each says why it does not, or rejects. */
export type Hello = (url: string) => Promise<string | undefined>;

/** So long a hello may take, ms. */
const patienceMs = 5000;

/** What takes longer is nobody's answer. */
export function patiently<T>(work: Promise<T>, late: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(late)), patienceMs);
  });
  return Promise.race([work, passed]).finally(() => clearTimeout(timer));
}

const inTime = (): { signal: AbortSignal } => ({ signal: AbortSignal.timeout(patienceMs) });

/** A namespace that is refused, or open to nobody, does not answer. */
export const socketio =
  (path: string, namespace: string): Hello =>
  async (url) => {
    const socket = await patiently(openNamespace(`${url}${path}`, namespace), `nobody answers at ${path}`);
    socket.close();
    return undefined;
  };

/** A refusal is an answer as well. [BAYEUX handshake] */
export const bayeux =
  (path: string): Hello =>
  async (url) => {
    const post = async (message: object): Promise<readonly Record<string, unknown>[]> =>
      JSON.parse(await ask(`${url}${path}`, JSON.stringify([message]), { headers: json, ...inTime() }));
    const [answer = {}] = await post({
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['long-polling'],
    });
    const { clientId, channel } = answer;
    if (clientId !== undefined) await post({ channel: '/meta/disconnect', clientId });
    return channel === '/meta/handshake' ? undefined : 'no answer to a handshake';
  };

/** A session is offered, 410, or refused; anything but JSON is nobody. [PHX longpoll] */
export const channels =
  (path: string): Hello =>
  async (url) => {
    const { status }: { status?: number } = JSON.parse(
      await ask(`${url}${path}/longpoll?vsn=2.0.0`, undefined, inTime()),
    );
    return status === 410 ? undefined : `status ${status}`;
  };

/** The document that everybody may read. */
export const api =
  (path: string): Hello =>
  async (url) => {
    const { openapi }: { openapi?: string } = JSON.parse(await ask(`${url}${path}/openapi.json`, undefined, inTime()));
    return openapi === undefined ? 'no document of the API' : undefined;
  };
