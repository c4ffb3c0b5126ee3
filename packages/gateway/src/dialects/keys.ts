import Type from 'typebox';
import { name } from '../config/words.js';

/** What every adapter is told. */
export const everyAdapter = {
  workspace: name('Whose chats are spoken here.'),
  space: Type.Optional(name('Keeps two adapters of one dialect apart. Default: the dialect.')),
};

/** What every adapter is told that clients reach over http. */
export const webAdapter = {
  ...everyAdapter,
  listener: Type.Optional(name('Which listener. Default: the first.')),
};
