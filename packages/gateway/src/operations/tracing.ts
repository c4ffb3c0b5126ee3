import type { CommandAnswered, Core, Delivered, Observe } from '@dragoman/core';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Context, Tracer } from '@opentelemetry/api';

type Api = typeof OpenTelemetry;

/**
 * Spans of commands and deliveries, for the OpenTelemetry SDK that the user has registered before the start. Undefined
 * when there is none.
 */
export async function createTracing({ traceparent }: Pick<Core, 'traceparent'>): Promise<Observe | undefined> {
  const api = await import('@opentelemetry/api').catch(() => undefined);
  if (api === undefined || !hasSdk(api)) return undefined;
  const tracer = api.trace.getTracer('@dragoman/gateway');
  const under = (commandId: string | null): Context =>
    commandId === null ? api.ROOT_CONTEXT : contextOf(api, traceparent?.(commandId) ?? '');
  return (sighting) => {
    if (sighting.type === 'command') traceCommand(sighting, { api, tracer, context: under(sighting.commandId) });
    if (sighting.type !== 'delivery' || sighting.isReplay || !('commandId' in sighting.event)) return;
    traceDelivery(sighting, { tracer, context: under(sighting.event.commandId), kind: api.SpanKind.PRODUCER });
  };
}

/** Without one, every tracer of the API does nothing. */
function hasSdk({ trace, ProxyTracerProvider }: Api): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegateTracer('dragoman') !== undefined;
}

/** What came with the command, or was made of its id, is the parent of all that follows from it. */
function contextOf({ trace, ROOT_CONTEXT }: Api, traceparent: string): Context {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  const span = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, span);
}

function traceCommand(
  { space, sessionId, role, command, outcome, at, tookMs }: CommandAnswered,
  { api, tracer, context }: { readonly api: Api; readonly tracer: Tracer; readonly context: Context },
): void {
  const attributes = {
    'dragoman.adapter': space,
    'dragoman.session': sessionId,
    'dragoman.role': role,
    ...(outcome.ok && outcome.chat !== undefined && { 'dragoman.chat': outcome.chat.id }),
    ...(!outcome.ok && { 'error.type': outcome.rejection.code }),
  };
  const options = { kind: api.SpanKind.SERVER, startTime: at - tookMs, attributes };
  const span = tracer.startSpan(command.type, options, context);
  if (!outcome.ok) span.setStatus({ code: api.SpanStatusCode.ERROR, message: outcome.rejection.code });
  span.end(at);
}

/** From the decision on the event to the moment its session was handed it. */
function traceDelivery(
  { space, sessionId, view, event, at }: Delivered,
  { tracer, context, kind }: { readonly tracer: Tracer; readonly context: Context; readonly kind: number },
): void {
  const attributes = {
    'dragoman.adapter': space,
    'dragoman.session': sessionId,
    'dragoman.view': view,
    ...('chatId' in event && { 'dragoman.chat': event.chatId }),
  };
  const startTime = 'at' in event ? event.at : at;
  tracer.startSpan(`deliver ${event.type}`, { kind, startTime, attributes }, context).end(at);
}
