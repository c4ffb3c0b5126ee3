import type { ChatEvent, Core } from '@dragoman/core';
import { toEvent } from '../wire/translate.js';
import { signatureHeaders } from './signature.js';

/** What is posted to a receiver of an event. */
export interface Letter {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An event in its envelope, signed for this attempt, under the trace of the command it came from. */
export function letterOf(
  event: ChatEvent,
  { core, space, secrets }: { readonly core: Core; readonly space: string; readonly secrets: readonly string[] },
): Letter {
  const body = JSON.stringify(toEvent(event, space));
  const traceparent = core.traceparent?.(event.commandId);
  return {
    body,
    headers: {
      ...signatureHeaders(secrets, { id: event.eventId, at: core.clock.now(), body }),
      'content-type': 'application/cloudevents+json',
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}
