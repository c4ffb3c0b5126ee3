/** Happychat without its carrier: the pure translations, for whoever wants to check a frame without a socket. */
export { createBoard } from './board.js';
export { unlimitedCapacity } from './records.js';
export type { Board } from './board.js';
export { agentCommand, customerCommand, operatorCommand } from './commands.js';
export type { CustomerContext, OperatorContext } from './commands.js';
export { parseAgent, parseCustomer, parseOperator } from './frames.js';
export type { AgentFrame, CustomerFrame, OperatorFrame, RemoteAction } from './frames.js';
export { olderThan } from './history.js';
export { toEventMessage, toMessage } from './messages.js';
export type { HappychatAgentMessage, HappychatMessage, Surface } from './messages.js';
export type { HappychatChat, HappychatUser } from './people.js';
export { toFrames, toRefusal } from './translate.js';
export type { Outgoing } from './translate.js';
export { createTree } from './tree.js';
export type { Change, Tree } from './tree.js';
