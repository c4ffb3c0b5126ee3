import { recordedTypes, type BotEndpoint, type WebhookEndpoint } from '@dragoman/adapter-http';
import { checkBots, checkEndpoints } from '@dragoman/adapter-http/webhooks';
import { Fault } from '@dragoman/core';
import Type, { type Static } from 'typebox';
import { secret } from '../config/auth.js';
import type { Problem } from '../config/problems.js';
import { secretOf, secretProblems, type Environment } from '../config/secrets.js';
import { closed, count, ms, text } from '../config/words.js';

const receiver = {
  id: Type.String({
    pattern: '^[A-Za-z0-9_-]{1,64}$',
    description: 'What its place in the log is kept under; another id begins anew.',
  }),
  url: text('Where requests go: https, or http where `allow` names the address.'),
  secrets: Type.Array(secret('whsec_ and 24 to 64 random bytes in base64.'), {
    minItems: 1,
    maxItems: 5,
    description: 'Every request is signed by each, so that a new one can follow an old one.',
  }),
  allow: Type.Optional(
    Type.Array(Type.String(), {
      maxItems: 100,
      description: 'Networks that are not public and may be sent to all the same. Default: none.',
    }),
  ),
  timeoutMs: Type.Optional(ms('For its answer. Default 15000, of a bot 8000.')),
  parallel: Type.Optional(count('Chats it is asked about at a time. Default 8, of a bot 16.')),
};

const webhook = closed({
  ...receiver,
  types: Type.Optional(
    Type.Array(Type.Enum(recordedTypes), { minItems: 1, description: 'What it is told. Default: every event.' }),
  ),
  from: Type.Optional(
    Type.Enum(['now', 'beginning'] as const, {
      description: 'Where one begins that was never told anything. Default now.',
    }),
  ),
  attempts: Type.Optional(count('For one event while others are taken, before it is set aside. Default 8.')),
  deadLetters: Type.Optional(count('Events set aside, at which it is paused. Default 1000.')),
});

const bot = closed({ ...receiver, name: Type.Optional(text('As customers read it. Default: its id.')) });

/** The keys of a config for whoever is sent requests. */
export const receiverKeys = {
  webhooks: Type.Optional(Type.Array(webhook, { maxItems: 100, description: 'Endpoints that are told what happens.' })),
  bots: Type.Optional(
    Type.Array(bot, {
      maxItems: 1,
      description: 'The bot of the workspace, which answers within its replies; `workspaces[].bot` names it.',
    }),
  ),
};

type WebhookConfig = Static<typeof webhook>;
type BotConfig = Static<typeof bot>;
interface ReceiversConfig {
  readonly webhooks?: readonly WebhookConfig[];
  readonly bots?: readonly BotConfig[];
}

function webhookOf({ secrets, ...config }: WebhookConfig, env: Environment): WebhookEndpoint {
  const { id, url, allow, types, from, ...limits } = config;
  return {
    id,
    url,
    limits,
    secrets: secrets.map((one) => secretOf(one, env).trim()),
    ...(allow !== undefined && { allow }),
    ...(types !== undefined && { types }),
    ...(from !== undefined && { from }),
  };
}

function botOf({ secrets, ...config }: BotConfig, env: Environment): BotEndpoint {
  const { id, url, allow, name, ...limits } = config;
  return {
    id,
    url,
    limits,
    secrets: secrets.map((one) => secretOf(one, env).trim()),
    ...(allow !== undefined && { allow }),
    ...(name !== undefined && { name }),
  };
}

/** The receivers of a config, as the adapter takes them. */
export function receiversOf({ webhooks = [], bots = [] }: ReceiversConfig, env: Environment) {
  return { webhooks: webhooks.map((one) => webhookOf(one, env)), bots: bots.map((one) => botOf(one, env)) };
}

function unusable(at: string, check: () => void): readonly Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof Fault) return [{ path: at, what: error.message }];
    throw error;
  }
}

/** What is wrong with receivers beyond their shape. */
export function receiverProblems(config: ReceiversConfig, at: string, env: Environment): readonly Problem[] {
  const { webhooks = [], bots = [] } = config;
  const lists = { webhooks, bots };
  const missing = Object.entries(lists).flatMap(([key, list]) =>
    list.flatMap(({ secrets }, n) =>
      secrets.flatMap((one, m) => secretProblems(one, `${at}.${key}[${n}].secrets[${m}]`, env)),
    ),
  );
  if (missing.length > 0) return missing;
  const made = receiversOf(config, env);
  return [
    ...unusable(`${at}.webhooks`, () => checkEndpoints(made.webhooks)),
    ...unusable(`${at}.bots`, () => checkBots(made.bots)),
  ];
}
