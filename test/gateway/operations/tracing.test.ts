import {
  INVALID_SPAN_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Tracer,
} from '@opentelemetry/api';
import { expect } from 'chai';
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
