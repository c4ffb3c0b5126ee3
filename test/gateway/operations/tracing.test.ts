import {
  INVALID_SPAN_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Tracer,
} from '@opentelemetry/api';
import { devConfig, devEnvironment } from '@dragoman/gateway';
import { eventually } from '@dragoman/core/testing';
import { expect } from 'chai';
import { io } from 'socket.io-client';
import { theBroker } from '../../adapter-amqp/broker.js';
import { describeWith } from '../../programs.js';
import { ownNames, peer } from '../../adapter-amqp/sermo-peers.js';
import { fayeClient, leave } from '../../adapter-faye/faye-client.js';
import { openReceiver, textOf } from '../../adapter-http/receiver.js';
import { say, stage } from './stage.js';

interface Recorded {
  readonly name: string;
  readonly traceId: string | undefined;
  readonly kind: SpanKind | undefined;
  readonly attributes: Attributes;
  readonly startTime: unknown;
  endTime?: unknown;
  status?: unknown;
}

/** An SDK as far as the gateway can tell: it keeps the spans it is told of. */
function recorder() {
  const spans: Recorded[] = [];
  const tracer: Pick<Tracer, 'startSpan'> = {
    startSpan(name, { kind, attributes = {}, startTime } = {}, context) {
      const parent = context && trace.getSpanContext(context);
      const recorded: Recorded = { name, kind, attributes, startTime, traceId: parent?.traceId };
      spans.push(recorded);
      const span = trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
      return Object.assign(span, {
        setStatus(status: unknown) {
          recorded.status = status;
          return span;
        },
        end: (at: unknown) => void (recorded.endTime = at),
      });
    },
  };
  return { spans, getTracer: () => tracer as Tracer };
}

const traceId = '0af7651916cd43dd8448eb211c80319c';

describe('a gateway whose user has brought an OpenTelemetry SDK', () => {
  const { spans, getTracer } = recorder();
  before(() => void trace.setGlobalTracerProvider({ getTracer }));
  after(() => trace.disable());
  beforeEach(() => void spans.splice(0));

  it('tells it of each command and of what followed, under the trace it came with, without a word of it', async () => {
    const here = await stage({ operations: {} });
    const { session, outcome } = await say(here.core, 'my secret words');
    const more = await here.core.dispatch(session, {
      type: 'PostMessage',
      to: { key: 'k' },
      body: { kind: 'text', text: 'my secret words' },
      ifClosed: 'refuse',
      traceparent: `00-${traceId}-b7ad6b7169203331-01`,
    });
    const mine = spans.filter((span) => span.traceId === traceId && span.attributes['dragoman.adapter'] === 'web');
    expect(mine.map(({ name, kind }) => [name, kind])).to.deep.equal([
      ['deliver MessagePosted', SpanKind.PRODUCER],
      ['PostMessage', SpanKind.SERVER],
    ]);
    const chat = outcome.ok && outcome.chat?.id;
    expect(mine[1]?.attributes).to.include({ 'dragoman.adapter': 'web', 'dragoman.chat': chat });
    expect(mine.every(({ startTime, endTime }) => Number(endTime) >= Number(startTime))).to.equal(true);
    expect(more.ok).to.equal(true);
    expect(JSON.stringify(spans)).not.to.contain('secret words');
    await here.gateway.stop();
  });

  it('marks a refused command with its code', async () => {
    const here = await stage({ operations: {} });
    const { session } = await say(here.core, 'hello');
    await here.core.dispatch(session, { type: 'CloseChat', to: { chatId: 'nowhere' }, reason: 'operator' });
    const [refused] = spans.filter(({ name }) => name === 'CloseChat');
    expect(refused?.attributes).to.include({ 'error.type': 'UNKNOWN_CHAT' });
    expect(refused?.status).to.deep.equal({ code: SpanStatusCode.ERROR, message: 'UNKNOWN_CHAT' });
    await here.gateway.stop();
  });
});

/** Whose client is told of the words, by the wire of each dialect, and how the trace is carried on. */
describeWith('rabbitmq', 'one trace over every leg', () => {
  const { spans, getTracer } = recorder();
  before(() => void trace.setGlobalTracerProvider({ getTracer }));
  after(() => trace.disable());

  const [there, back] = ['0af7651916cd43dd8448eb211c80319c', '4bf92f3577b34da6a3ce929d0e0e4736'];
  const traceparentOf = (id: string): string => `00-${id}-b7ad6b7169203331-01`;
  const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
  /** Adapters whose sessions were handed a message under this trace. */
  const reached = (id: string): ReadonlySet<unknown> =>
    new Set(
      spans
        .filter(({ name, traceId }) => name === 'deliver MessagePosted' && traceId === id)
        .map(({ attributes }) => attributes['dragoman.adapter']),
    );

  it('goes from REST to Happychat, Faye, AMQP and a webhook, and from AMQP back to all of them', async function () {
    this.timeout(30_000);
    const names = ownNames();
    const hook = await openReceiver();
    const environment = { ...devEnvironment, AMQP_URL: (await theBroker()).url, HOOK: secret };
    const told = { id: 'told', url: hook.url, allow: ['127.0.0.0/8'], secrets: [{ env: 'HOOK' }] };
    const adapters = devConfig(0, '', environment).adapters.map((one) => {
      if (one.dialect === 'sermo') return { ...one, names, queueType: 'classic' as const };
      return one.dialect === 'http' ? { ...one, webhooks: [{ ...told, types: ['MessagePosted' as const] }] } : one;
    });
    const here = await stage({ adapters, operations: {} }, { environment });
    const olga = io(`${here.url}/operator`, { transports: ['websocket'] });
    olga.on('token', (answer: (proof: object) => void) => answer({ jwt: 'dev-operator-olga' }));
    const shown: string[] = [];
    olga.on('chat.message', (_chat: unknown, { text }: { text: string }) => shown.push(text));
    olga.on('log', (_chat: unknown, lines: readonly { text: string }[]) =>
      shown.push(...lines.map(({ text }) => text)),
    );
    olga.on('chat.open', ({ id }: { id: string }) => void olga.emit('chat.join', id));
    await new Promise<void>((resolve) => olga.once('init', () => resolve()));
    olga.emit('capacity', 10);
    await olga.emitWithAck('status', 'available');
    const backend = fayeClient(`${here.url}/faye`, { ext: { token: 'dev-service' } });
    backend.addExtension({ outgoing: (message, next) => next({ ...message, ext: { token: 'dev-service' } }) });
    const heard: string[] = [];
    await backend.subscribe('/service/*', (told) => {
      const { conversation } = told as { conversation: { id: number } };
      const hear = (event: unknown): void => void heard.push((event as Said).message?.content ?? '');
      void backend.subscribe(`/conversations/${conversation.id}`, hear);
    });
    const visitor = await peer({ says: names.inbound, hears: names.outbound, platformId: 'dev-web', userId: 'u-1' });

    await visitor.say({ type: 'text', text: 'Hello' });
    await eventually('the chat is there', () => shown.includes('Hello'));
    const { chats } = (await ask('GET')) as { chats: readonly { id: string }[] };
    const chatId = chats[0]?.id ?? '';
    await ask('POST', `/${chatId}/messages`, { as: { side: 'operator', id: 'nora' }, body: textBody('There') });
    const frame = await visitor.hears('text', { text: 'There' });
    const carried = visitor.properties[visitor.heard.indexOf(frame)]?.headers?.['traceparent'];
    expect(carried).to.equal(traceparentOf(there));
    await eventually('olga and the back end see it', () => shown.includes('There') && heard.includes('There'));
    await eventually('the hook is told', () => hook.texts().includes('There'));
    expect([...reached(there)]).to.include.members(['happychat', 'convead', 'sermo', 'http']);

    await visitor.say({ type: 'text', text: 'Back' }, { headers: { traceparent: traceparentOf(back) } });
    await eventually('olga and the back end see the answer', () => shown.includes('Back') && heard.includes('Back'));
    await eventually('the hook is told the answer', () => hook.texts().includes('Back'));
    expect([...reached(back)]).to.include.members(['happychat', 'convead', 'sermo', 'http']);
    const hooks = hook.taken.flatMap((one) =>
      textOf(one) === 'Hello' ? [] : [[textOf(one), one.headers['traceparent']]],
    );
    expect(hooks).to.deep.equal([
      ['There', traceparentOf(there)],
      ['Back', traceparentOf(back)],
    ]);

    async function ask(method: string, path = '', body?: object): Promise<unknown> {
      const headers = {
        authorization: 'Bearer dev-backend',
        'content-type': 'application/json',
        traceparent: traceparentOf(there),
      };
      const answer = await fetch(`${here.url}/v1/chats${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      expect(answer.ok, await answer.clone().text()).to.equal(true);
      return answer.json();
    }
    olga.close();
    await Promise.all([leave(backend), visitor.close(), hook.close()]);
    await here.gateway.stop();
  });
});

interface Said {
  readonly message?: { readonly content: string };
}

const textBody = (words: string) => ({ kind: 'text', text: words }) as const;
