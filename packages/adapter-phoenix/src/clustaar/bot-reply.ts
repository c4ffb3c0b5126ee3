import type { Fields } from '@dragoman/core';

/** What `bot_reply` carries; the groups are always all there, because pages read them without asking [CLU bot_reply]. */
export interface BotReply {
  readonly fulfillment: {
    /** `send_text_action` and its like; what a page does not know it skips. */
    readonly actions: readonly Fields[];
    readonly source: Fields;
  };
  readonly input: { readonly type: string; readonly message: string };
  readonly interlocutor: { readonly type: 'interlocutor'; readonly id: string };
  readonly session: { readonly values: Fields };
}

const source = { type: 'step', step: { type: 'step', id: '', name: '' } } as const;

/** A bot that says one text. */
export function botText(text: string, interlocutorId: string): BotReply {
  const actions = text === '' ? [] : [{ type: 'send_text_action', alternatives: [text], text }];
  return complete({ fulfillment: { actions } }, interlocutorId);
}

/** What a bot of this dialect gave beside its words, with every group that it left out. */
export function complete(given: Fields, interlocutorId: string): BotReply {
  const fulfillment = recordIn(given, 'fulfillment');
  const input = recordIn(given, 'input');
  const { actions } = fulfillment;
  return {
    fulfillment: {
      actions: Array.isArray(actions) ? actions : [],
      source: 'source' in fulfillment ? recordIn(fulfillment, 'source') : source,
    },
    input: { type: textIn(input, 'type', 'message'), message: textIn(input, 'message', '') },
    interlocutor: { type: 'interlocutor', id: interlocutorId },
    session: { values: recordIn(recordIn(given, 'session'), 'values') },
  };
}

function recordIn(fields: Fields, key: string): Fields {
  const value = fields[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textIn(fields: Fields, key: string, absent: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : absent;
}
