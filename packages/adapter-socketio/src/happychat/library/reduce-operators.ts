import { isRecord } from '../frames.js';
import { idIn, textIn, type LibraryAction } from './actions.js';
import { at, mapped, put, without, type LibraryState } from './state.js';

type Operators = LibraryState['operators'];
type Step = (operators: Operators, action: LibraryAction) => Operators;

const steps = new Map<string, Step>([
  [
    'SET_OPERATOR_STATUS',
    (operators, action) =>
      withIdentity(operators, idIn(action, '__remote_user'), {
        status: textIn(action, 'status') ?? 'unavailable',
        online: true,
        requestingChat: false,
      }),
  ],
  [
    'SET_OPERATOR_REQUESTING_CHAT',
    (operators, action) =>
      withIdentity(operators, idIn(action, '__remote_user'), { requestingChat: action['requestingChat'] === true }),
  ],
  [
    'SET_SYSTEM_ACCEPTS_CUSTOMERS',
    (operators, action) => ({ ...operators, system: { acceptsCustomers: action['isEnabled'] === true } }),
  ],
  ['SET_USER_OFFLINE', (operators, action) => withIdentity(operators, idIn(action, 'user'), offline)],
  [
    'REMOVE_USER',
    (operators, action) => ({ ...operators, identities: without(operators.identities, idIn(action, 'user')) }),
  ],
  ['OPERATOR_READY', seated],
  ['REMOVE_USER_SOCKET', unseated],
  ['SERIALIZE', (operators) => ({ ...operators, user_sockets: {}, sockets: {} })],
  [
    'DESERIALIZE',
    (operators) => ({
      ...operators,
      identities: mapped(operators.identities, (identity) => ({ ...identity, online: false, requestingChat: false })),
    }),
  ],
]);

const offline = { online: false, status: 'unavailable' };

/** Who the operators are, how they work and over which sockets [HCS state]. */
export function reduceOperators(operators: Operators, action: LibraryAction): Operators {
  return steps.get(action.type)?.(operators, action) ?? operators;
}

/** Of people nobody knows nothing is kept. */
function withIdentity(
  operators: Operators,
  id: string | undefined,
  facts: Readonly<Record<string, unknown>>,
): Operators {
  const known = at(operators.identities, id);
  return known === undefined
    ? operators
    : { ...operators, identities: put(operators.identities, id, { ...known, ...facts }) };
}

function seated(operators: Operators, action: LibraryAction): Operators {
  const [user, id, socket] = [action['user'], idIn(action, 'user'), idIn(action, 'socket')];
  if (id === undefined || !isRecord(user)) return operators;
  const known = at(operators.identities, id) ?? { requestingChat: false, status: 'unavailable' };
  const identities = put(operators.identities, id, { ...known, ...user, online: true });
  if (socket === undefined) return { ...operators, identities };
  const others = (at(operators.user_sockets, id) ?? []).filter((other) => other !== socket);
  return {
    ...operators,
    identities,
    user_sockets: put(operators.user_sockets, id, [...others, socket]),
    sockets: put(operators.sockets, socket, id),
  };
}

function unseated(operators: Operators, action: LibraryAction): Operators {
  const [id, socket] = [idIn(action, 'user'), idIn(action, 'socket')];
  const rest = (at(operators.user_sockets, id) ?? []).filter((other) => other !== socket);
  return {
    ...operators,
    user_sockets: rest.length === 0 ? without(operators.user_sockets, id) : put(operators.user_sockets, id, rest),
    sockets: without(operators.sockets, socket),
  };
}
