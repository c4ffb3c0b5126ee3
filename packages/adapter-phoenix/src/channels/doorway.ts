import type { IncomingMessage } from 'node:http';
import type { Clock, Log } from '@dragoman/core';
import { Admission } from './admission.js';
import type { ConnectAnswer, ConnectRequest } from './channel-socket.js';
import type { Admitted } from './connection.js';
import { isAllowedOrigin, readVersion } from './handshake.js';
import type { ChannelServerOptions } from './options.js';
import type { RefusalStatus } from './request.js';

/** What a client is let in with, or told. */
export type Entrance<Assigns> =
  { readonly ok: true; readonly admitted: Admitted<Assigns> } | { readonly ok: false; readonly status: RefusalStatus };

/** How a connection is asked for, on either transport. */
export interface Doorway<Assigns> {
  /** Checks in this order: page, version, number, hook. Never rejects. [PHX handshake] */
  enter(request: IncomingMessage, knock: Omit<ConnectRequest, 'address' | 'headers'>): Promise<Entrance<Assigns>>;
  isAllowedOrigin(request: IncomingMessage): boolean;
  addressOf(request: IncomingMessage): string;
}

export function createDoorway<Assigns>(options: ChannelServerOptions<Assigns>): Doorway<Assigns> {
  const { clock, log, limits, admissionMs, addressOf, allowedOrigins, connect, answerMs } = options;
  const admission = new Admission({ ...limits, clock, admissionMs });
  return {
    addressOf,
    isAllowedOrigin: (request) => isAllowedOrigin(request.headers.origin, allowedOrigins),
    async enter(request, knock) {
      if (!isAllowedOrigin(request.headers.origin, allowedOrigins)) return { ok: false, status: 403 };
      const version = readVersion(knock.params);
      if (version === undefined) return { ok: false, status: 403 };
      const address = addressOf(request);
      if (!(await admission.admit(address))) return { ok: false, status: 429 };
      const asked = { ...knock, address, headers: request.headers };
      const answer = await askInTime(() => connect(asked), { clock, log, answerMs });
      if (!answer.ok) return { ok: false, status: answer.status ?? 403 };
      return { ok: true, admitted: { version, assigns: answer.assigns, request: { ...knock, address } } };
    },
  };
}

interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  readonly answerMs: number;
}

/** The hook's answer; 503 for one that fails or is late. */
async function askInTime<Assigns>(
  hook: () => ConnectAnswer<Assigns> | Promise<ConnectAnswer<Assigns>>,
  { clock, log, answerMs }: Patience,
): Promise<ConnectAnswer<Assigns>> {
  const unavailable = { ok: false, status: 503 } as const;
  try {
    const answer = hook();
    if (!(answer instanceof Promise)) return answer;
    return await new Promise((resolve, reject) => {
      const cancel = clock.after(answerMs, () => resolve(unavailable));
      answer.finally(cancel).then(resolve, reject);
    });
  } catch (error) {
    log.error({ error: String(error) }, 'the connect hook failed');
    return unavailable;
  }
}
