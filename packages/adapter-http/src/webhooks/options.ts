import { Fault } from '@dragoman/core';
import { recordedTypes, type RecordedType } from '../wire/event.js';
import { parseNetwork } from './address-guard.js';
import { defaultPatience, type Patience } from './patience.js';
import { isSecret } from './signature.js';

/** Whom requests are sent to. */
export interface Receiver {
  /** What its place in the log is kept under: 1 to 64 of `A-Za-z0-9_-`. Another id begins anew. */
  readonly id: string;
  /** `https:`, or `http:` where `allow` names the address. */
  readonly url: string;
  /**
   * One to five, as `whsec_` and 24 to 64 random bytes in base64: every request is signed by each, so that a receiver can
   * be given a new one before the old one goes. [STDWH Signature scheme]
   */
  readonly secrets: readonly string[];
  /** Networks or addresses that are not public and may be sent to all the same, as `10.1.0.0/16`. Default: none. */
  readonly allow?: readonly string[];
}

/** An endpoint that is told what happens. */
export interface WebhookEndpoint extends Receiver {
  /** What it is told. Default: every recorded event. */
  readonly types?: readonly RecordedType[];
  /** Where an endpoint begins that was never told anything: with what happens next, or with the whole log. Default `now`. */
  readonly from?: 'now' | 'beginning';
  readonly limits?: Partial<WebhookLimits>;
}

/** What an endpoint may cost. */
export interface WebhookLimits extends Patience {
  /** For its answer, ms. Default 15 000. */
  readonly timeoutMs: number;
  /** Chats it is told of at a time. Default 8. */
  readonly parallel: number;
  /** Events in memory for it, at most 400. Default 200; the others wait in the log. */
  readonly held: number;
  /** Events set aside; at so many it is paused. Default 1 000. */
  readonly deadLetters: number;
}

export const defaultWebhookLimits: WebhookLimits = {
  ...defaultPatience,
  timeoutMs: 15_000,
  parallel: 8,
  held: 200,
  deadLetters: 1_000,
};

const idForm = /^[A-Za-z0-9_-]{1,64}$/;
const mostHeld = 400;

function urlProblems({ url, allow = [] }: Receiver): readonly string[] {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return ['url is no http address'];
  if (parsed.username !== '' || parsed.password !== '') return ['url carries a user or password'];
  const isPlain = parsed.protocol === 'http:' && allow.length === 0;
  return isPlain ? ['url must be https where no network is allowed by name'] : [];
}

/** What is wrong with a receiver, each with the place. */
export function receiverProblems(receiver: Receiver): readonly string[] {
  const { id, secrets, allow = [] } = receiver;
  return [
    ...(idForm.test(id) ? [] : ['id is not 1 to 64 of A-Z a-z 0-9 _ -']),
    ...urlProblems(receiver),
    ...(secrets.length >= 1 && secrets.length <= 5 ? [] : ['one to five secrets are needed']),
    ...(secrets.every(isSecret) ? [] : ['a secret is not whsec_ and 24 to 64 bytes in base64']),
    ...allow.filter((text) => parseNetwork(text) === undefined).map((text) => `allow: ${text} is no network`),
  ];
}

function endpointProblems(endpoint: WebhookEndpoint): readonly string[] {
  const { types = [], limits = {} } = endpoint;
  const { parallel, held, ...others } = { ...defaultWebhookLimits, ...limits };
  return [
    ...receiverProblems(endpoint),
    ...types.filter((type) => !recordedTypes.includes(type)).map((type) => `types: there is no event ${type}`),
    ...(parallel >= 1 ? [] : ['limits: parallel is below 1']),
    ...(held >= 1 && held <= mostHeld ? [] : [`limits: held is not 1 to ${mostHeld}`]),
    ...(Object.values(others).every((limit) => limit >= 0) ? [] : ['limits: none may be negative']),
  ];
}

/** Throws CONFIG_INVALID with everything that is wrong. */
export function checkEndpoints(endpoints: readonly WebhookEndpoint[]): void {
  refuse('webhooks', endpoints, endpointProblems);
}

/** Throws CONFIG_INVALID for ids that come twice and for what the given function finds wrong. */
export function refuse<R extends Receiver>(
  what: string,
  receivers: readonly R[],
  problemsOf: (receiver: R) => readonly string[],
): void {
  const ids = receivers.map(({ id }) => id);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n).map((id) => `${what}: ${id} comes twice`);
  const wrong = receivers.flatMap((one) => problemsOf(one).map((problem) => `${what}: ${one.id}: ${problem}`));
  if (twice.length + wrong.length > 0) throw new Fault('CONFIG_INVALID', [...twice, ...wrong].join('; '));
}
