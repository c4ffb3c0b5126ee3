import type { Command, ConfigureRouting, Outcome } from '@dragoman/core';
import { agentCommand, customerCommand, operatorCommand, type OperatorContext } from '../commands.js';
import { parseAgent, parseCustomer, parseOperator } from '../frames.js';
import { refOf } from '../chat-ids.js';
import { idIn, textIn, type LibraryAction } from './actions.js';
import type { Desk } from './desk.js';
import { wholeState } from './state.js';
import { reducer } from './reducer.js';

/** What an action means to the core. */
type Deed = (action: LibraryAction, desk: Desk) => Promise<Outcome | undefined>;

const remote: Deed = async (action, desk) => {
  const command = operatorCommand(parseOperator('broadcast.dispatch', [action]) ?? { kind: 'state' }, contextOf(desk));
  if (command?.type !== 'SetAvailability') return command && desk.asLibrary(command);
  const operatorId = desk.operatorId(idIn(action, '__remote_user'));
  return operatorId === null ? undefined : desk.asLibrary({ ...command, operatorId });
};

/** As if the operator under that field had sent this event; null: the library itself does it. */
const byOperator =
  (field: 'operator' | 'user' | null, name: string, argsOf: (action: LibraryAction) => readonly unknown[]): Deed =>
  async (action, desk) => {
    const frame = parseOperator(name, [action['chat_id'], ...argsOf(action)]);
    const who = field === null ? undefined : desk.operator(action[field]);
    const command = frame && operatorCommand(frame, contextOf(desk));
    return who === undefined ? command && desk.asLibrary(command) : desk.as(who, command);
  };

const nothingMore = (): readonly unknown[] => [];

const deeds = new Map<string, Deed>([
  ['SET_OPERATOR_STATUS', remote],
  ['SET_OPERATOR_CAPACITY', remote],
  ['SET_OPERATOR_REQUESTING_CHAT', remote],
  ['SET_SYSTEM_ACCEPTS_CUSTOMERS', remote],
  ['JOIN_LOCALE', remote],
  ['LEAVE_LOCALE', remote],
  ['UPDATE_OPERATOR_MEMBERSHIP', remote],
  ['ADD_USER_LOCALE', (action, desk) => availability(action, desk, textIn(action, 'operator_id'))],
  ['SET_USER_OFFLINE', (action, desk) => unavailable(action, desk)],
  ['REMOVE_USER', (action, desk) => unavailable(action, desk)],
  ['CONFIGURE_LOCALES', configureLocales],
  ['ADD_GROUP', addGroup],
  ['REMOVE_GROUP', (action, desk) => configure(desk, { removeGroups: [textIn(action, 'id') ?? ''] })],
  ['ADD_GROUP_MEMBER', (action, desk) => membership(action, desk, true)],
  ['REMOVE_GROUP_MEMBER', (action, desk) => membership(action, desk, false)],
  ['CLOSE_CHAT', byOperator('operator', 'chat.close', nothingMore)],
  ['OPERATOR_CHAT_JOIN', byOperator('user', 'chat.join', nothingMore)],
  ['OPERATOR_CHAT_LEAVE', byOperator('user', 'chat.leave', nothingMore)],
  ['OPERATOR_CHAT_TRANSFER', byOperator('user', 'chat.transfer', ({ toUserId }) => [toUserId])],
  ['SET_CHAT_OPERATOR', byOperator(null, 'chat.transfer', (action) => [idIn(action, 'operator')])],
  ['SET_CHAT_MISSED', byOperator(null, 'chat.transfer', nothingMore)],
  ['OPERATOR_INBOUND_MESSAGE', byOperator('user', 'message', ({ message }) => [message])],
  ['CUSTOMER_INBOUND_MESSAGE', customerMessage],
  ['AGENT_INBOUND_MESSAGE', agentMessage],
  ['INSERT_PENDING_CHAT', insertChat],
  ['AUTOCLOSE_CHAT', (action, desk) => close(action, desk)],
  ['REMOVE_CHAT', (action, desk) => close(action, desk)],
]);

/** The deed an action asks for; undefined: it means nothing to the core. */
export function deedOf(action: LibraryAction): ((desk: Desk) => Promise<Outcome | undefined>) | undefined {
  const deed = deeds.get(action.type);
  return deed && ((desk) => deed(action, desk));
}

function contextOf(desk: Desk): OperatorContext {
  const lobby = desk.lobby();
  return {
    space: desk.space,
    defaultLocale: lobby.locales.default,
    refOf: (id) => refOf(lobby, id),
    operatorOf: (id) => desk.operatorId(id),
  };
}

function configure(desk: Desk, changes: Omit<ConfigureRouting, 'type'>): Promise<Outcome> {
  return desk.asLibrary({ type: 'ConfigureRouting', ...changes });
}

function configureLocales(action: LibraryAction, desk: Desk): Promise<Outcome> {
  const { default: defaultLocale, supported } = desk.lobby().locales;
  const { locales } = reducer(wholeState({ locales: { defaultLocale, supported } }), action);
  return configure(desk, { locales: { default: locales.defaultLocale, supported: locales.supported } });
}

/** A group that is added again begins anew, without members. */
async function addGroup(action: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const id = textIn(action, 'id');
  if (id === undefined) return undefined;
  const group = { id, name: textIn(action, 'name') ?? '', isExclusive: action['exclusive'] === true };
  const former = [...desk.lobby().operators.values()].filter(({ groups }) => groups.includes(id));
  const members = former.map(({ id: operatorId }) => ({ groupId: id, operatorId, isMember: false }));
  return configure(desk, { addGroups: [group], members });
}

async function membership(action: LibraryAction, desk: Desk, isMember: boolean): Promise<Outcome | undefined> {
  const [groupId, operatorId] = [textIn(action, 'group_id'), desk.operatorId(textIn(action, 'operator_id'))];
  if (operatorId === null || !desk.lobby().groups.some(({ id }) => id === groupId) || groupId === undefined)
    return undefined;
  return configure(desk, { members: [{ groupId, operatorId, isMember }] });
}

async function availability(
  action: LibraryAction,
  desk: Desk,
  operator: string | undefined,
): Promise<Outcome | undefined> {
  const [locale, operatorId] = [textIn(action, 'locale'), desk.operatorId(operator)];
  if (locale === undefined || operatorId === null) return undefined;
  return desk.asLibrary({ type: 'SetAvailability', operatorId, locales: { [locale]: true } });
}

async function unavailable(action: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const operatorId = desk.operatorId(idIn(action, 'user'));
  return operatorId === null
    ? undefined
    : desk.asLibrary({ type: 'SetAvailability', operatorId, status: 'unavailable' });
}

async function insertChat({ chat }: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const who = desk.customer(chat);
  const opening = openingOf(chat);
  return who && opening && desk.as(who, { ...opening, enqueue: true });
}

/** What a chat is opened with; undefined: it has no id. */
export function openingOf(chat: unknown): Extract<Command, { type: 'OpenChat' }> | undefined {
  const facts = parseCustomer('preferences', [chat]);
  const key = idIn({ type: 'none', chat }, 'chat');
  if (key === undefined || facts?.kind !== 'preferences') return undefined;
  const name: unknown = Reflect.get(Object(chat), 'name');
  return {
    type: 'OpenChat',
    key,
    ...facts.wishes,
    ...(typeof name === 'string' && { displayName: name.slice(0, 200) }),
  };
}

async function close(action: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const id = textIn(action, 'id');
  return id === undefined
    ? undefined
    : desk.asLibrary({ type: 'CloseChat', to: refOf(desk.lobby(), id), reason: 'left', require: 'none' });
}

async function customerMessage({ chat, message }: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const [who, opening, frame] = [desk.customer(chat), openingOf(chat), parseCustomer('message', [message])];
  if (who === undefined || opening === undefined || frame === undefined) return undefined;
  const { type: _, key, ...rest } = opening;
  return desk.as(who, customerCommand(frame, { space: desk.space, key, reuseMs: desk.reuseMs, opening: rest }));
}

async function agentMessage({ agent, message }: LibraryAction, desk: Desk): Promise<Outcome | undefined> {
  const frame = parseAgent('message', [message]);
  return frame && desk.as(desk.agent(agent), agentCommand(frame, contextOf(desk)));
}
