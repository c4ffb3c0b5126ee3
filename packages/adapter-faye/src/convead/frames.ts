/** What Convead's clients send and receive, and the reading of what they send. Pure. */

import { isRecord } from '../bayeux.js';
import type { ErrorCode } from './refusals.js';

/** A person as a nested object shows him. */
export interface ConveadPerson {
  readonly type: 'visitor' | 'manager';
  readonly id: string | number;
  readonly name: string | null;
}

/** `Conversation.as_json`. [CONVEAD /service/:visitor_id] */
export interface ConveadConversation {
  /** Random, not enumerable: the id alone opens history and read marks. */
  readonly id: number;
  readonly visitor_id: string;
  /** Null: nobody yet. `"bot"`: a bot holds it. */
  readonly manager_id: string | number | null;
  readonly state: 'open' | 'closed';
  readonly visitor: ConveadPerson;
  readonly manager: ConveadPerson | null;
  /** ISO 8601 with milliseconds, UTC, like every time here. */
  readonly created_at: string;
  readonly updated_at: string;
  readonly closed_at: string | null;
}

/** [CONVEAD /conversations/:conversation_id] */
export interface ConveadMessage {
  /** Grows over all conversations of the organisation. */
  readonly id: number;
  readonly conversation_id: number;
  readonly visitor_id: string;
  readonly sender_type: 'visitor' | 'manager';
  readonly sender_id: string | number;
  readonly sender: ConveadPerson;
  readonly content: string;
  readonly read: boolean;
  /** Set once. */
  readonly read_at: string | null;
  readonly created_at: string;
  readonly updated_at: string;
}

/** [CONVEAD /notifications/:visitor_id] */
export interface ConveadNotification {
  readonly id: number;
  readonly visitor_id: string;
  readonly kind: string;
  readonly content: string | null;
  readonly data: object | null;
  readonly read: boolean;
  readonly created_at: string;
}

/** What a channel carries: an envelope named by `entity`. [CONVEAD /service/:visitor_id] */
export type ConveadPayload =
  | { readonly entity: 'conversation'; readonly conversation: ConveadConversation }
  | { readonly entity: 'message'; readonly message: ConveadMessage }
  | { readonly entity: 'notification'; readonly notification: ConveadNotification };

/** Who makes a request. [CONVEAD sender] */
export type Sender =
  | {
      readonly type: 'visitor';
      /** Absent: the visitor of the path or conversation. */ readonly id: string | undefined;
      readonly name: string;
    }
  | { readonly type: 'manager'; readonly id: string; readonly name: string };

/** A sender whose id is known. */
export interface Speaker {
  readonly type: Sender['type'];
  readonly id: string;
  readonly name: string;
}

/** The parameters of a request; what a key holds is not checked yet. */
export type Params = Readonly<Record<string, unknown>>;

/** A value read from a request, or the error that answers it. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ErrorCode };

const limits = { idUnits: 128, nameUnits: 200, contentUnits: 4000, formKeys: 50, formDepth: 3 } as const;

/** Fits a channel name: no dot, no colon, no star. [BAYEUX channel grammar] */
export function isVisitorId(id: string): boolean {
  return /^[A-Za-z0-9_~!()$@-]{1,128}$/.test(id);
}

/** Forms, JSON objects, JSON in a string and the bare word `visitor` are all plausible for the clients of its time. [CONVEAD sender] */
export function parseSender(raw: unknown): Read<Sender> {
  if (raw === undefined || raw === null || raw === '') return { ok: false, code: 'sender_missing' };
  const sender = typeof raw === 'string' ? senderOfText(raw) : raw;
  if (!isRecord(sender)) return { ok: false, code: 'sender_invalid' };
  const type = typeof sender['type'] === 'string' ? sender['type'].toLowerCase() : '';
  const id = idOf(sender['id']);
  const name = typeof sender['name'] === 'string' ? sender['name'].slice(0, limits.nameUnits) : '';
  if (id === null) return { ok: false, code: 'sender_invalid' };
  if (type === 'visitor' || type === 'user') return { ok: true, value: { type: 'visitor', id, name } };
  if (type !== 'manager' || id === undefined) return { ok: false, code: 'sender_invalid' };
  return { ok: true, value: { type: 'manager', id, name } };
}

function senderOfText(text: string): unknown {
  return text.trimStart().startsWith('{') ? parseJson(text) : { type: text };
}

/** Undefined: none given. Null: not an id. */
function idOf(raw: unknown): string | undefined | null {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw === 'number') return Number.isSafeInteger(raw) ? String(raw) : null;
  return typeof raw === 'string' && raw.length <= limits.idUnits ? raw : null;
}

/** Kept as it is: neither trimmed nor escaped. [CONVEAD POST conversation] */
export function parseContent(raw: unknown): Read<string> {
  if (raw === undefined || raw === null) return { ok: false, code: 'content_blank' };
  if (typeof raw !== 'string') return { ok: false, code: 'content_invalid' };
  if (raw.trim() === '') return { ok: false, code: 'content_blank' };
  return raw.length > limits.contentUnits ? { ok: false, code: 'content_too_long' } : { ok: true, value: raw };
}

/** Which part of the history is asked for. [CONVEAD POST messages] */
export interface Paging {
  readonly count: number | undefined;
  readonly sinceId: number | undefined;
}

export function parsePaging(params: Params): Read<Paging> {
  const count = wholeNumber(params['count']);
  if (count === null || count === 0) return { ok: false, code: 'count_invalid' };
  const sinceId = wholeNumber(params['since_id']);
  return sinceId === null ? { ok: false, code: 'since_id_invalid' } : { ok: true, value: { count, sinceId } };
}

/** Undefined: absent. Null: no whole number from 0 on. */
export function wholeNumber(raw: unknown): number | undefined | null {
  if (raw === undefined || raw === null || raw === '') return undefined;
  if (typeof raw !== 'number' && (typeof raw !== 'string' || !/^\d{1,16}$/.test(raw))) return null;
  const number = Number(raw);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** The parameters in a body; no or plain type is a form, because old browsers cannot name one. [CONVEAD POST] */
export function parseBody(type: string, body: string): Read<Params> {
  if (type === 'application/json') return parseJsonBody(body);
  if (type === 'application/x-www-form-urlencoded') return parseForm(body);
  if (type !== '' && type !== 'text/plain') return { ok: false, code: 'unsupported_media_type' };
  return body.trimStart().startsWith('{') ? parseJsonBody(body) : parseForm(body);
}

function parseJsonBody(body: string): Read<Params> {
  if (body === '') return { ok: true, value: {} };
  const parsed = parseJson(body);
  return isRecord(parsed) ? { ok: true, value: parsed } : { ok: false, code: 'bad_request' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Tree {
  [key: string]: string | Tree;
}

/** `sender[type]=visitor` becomes an object; never one with a prototype that a key could reach. */
function parseForm(body: string): Read<Params> {
  const root: Tree = Object.create(null);
  let keys = 0;
  for (const [key, value] of new URLSearchParams(body)) {
    keys += 1;
    if (keys > limits.formKeys) return { ok: false, code: 'bad_request' };
    const path = key.split(/\]?\[|\]$/).filter((part) => part !== '');
    if (path.length <= limits.formDepth && !path.some(isReserved)) place(root, path, value);
  }
  return { ok: true, value: root };
}

function isReserved(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

function place(tree: Tree, path: readonly string[], value: string): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  if (rest.length === 0) {
    tree[key] = value;
    return;
  }
  const present = tree[key];
  const branch: Tree = typeof present === 'object' ? present : Object.create(null);
  tree[key] = branch;
  place(branch, rest, value);
}
