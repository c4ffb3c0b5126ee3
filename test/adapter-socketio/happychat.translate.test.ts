import { rejectionCodes, type ChatFact, type Command, type Signal } from '@dragoman/core';
import { expect } from 'chai';
import {
  agentCommand,
  customerCommand,
  operatorCommand,
  parseAgent,
  parseCustomer,
  parseOperator,
  toFrames,
  toRefusal,
} from '@dragoman/adapter-socketio/happychat';
import { fixtures, type Fixture } from './fixtures.js';
import { chat, happened, people, space } from './happychat-scene.js';

const surface = {
  space,
  link: (_workspace: string, id: string): string => `https://files/${id}`,
  customersHearEvents: false,
};
const refOf = (key: string): { key: string } => ({ key });

function commandFor(namespace: string, name: string, args: readonly unknown[]): Command | undefined {
  if (namespace === '/customer') {
    const frame = parseCustomer(name, args);
    return frame && customerCommand(frame, { space, key: 's-7', reuseMs: 14_400_000, opening: {} });
  }
  if (namespace === '/agent') {
    const frame = parseAgent(name, args);
    return frame && agentCommand(frame, { space, refOf });
  }
  const frame = parseOperator(name, args);
  const operatorOf = (id: string): string | null => (id === '5' ? 'p_eve' : null);
  return frame && operatorCommand(frame, { space, refOf, operatorOf, defaultLocale: 'en-US' });
}

/** The outgoing frames in the form of the fixtures: name and arguments, or the word history. */
function spoken(one: Fixture['cases'][number]): Record<'frames' | 'only' | 'except', unknown[]> {
  const event = happened(one['event'] as ChatFact, (one['chat'] ?? {}) as Partial<typeof chat>);
  const out = toFrames(event, one['view'] as 'customer', surface);
  return {
    frames: out.map((each) => ('frame' in each ? [each.frame.name, ...each.frame.args] : 'history')),
    only: out.map((each) => each.only ?? null),
    except: out.map((each) => each.except ?? null),
  };
}

describe('happychat, word by word', () => {
  for (const { file, namespace, cases } of fixtures('in')) {
    describe(`${file.replace('.in.json', '')} from ${namespace}`, () => {
      for (const one of cases) {
        it(String(one['claim']), () => {
          const [name, ...args] = one['frame'] as [string, ...unknown[]];
          expect(commandFor(namespace, name, args) ?? null).to.deep.equal(one['command']);
        });
      }
    });
  }

  for (const { file, namespace, cases } of fixtures('out')) {
    describe(`${file.replace('.out.json', '')} to ${namespace}`, () => {
      for (const one of cases) {
        it(String(one['claim']), () => {
          const { frames, only, except } = spoken(one);
          expect(frames).to.deep.equal(one['frames']);
          if (one['only'] !== undefined) expect(only).to.deep.equal(one['only']);
          if (one['except'] !== undefined) expect(except).to.deep.equal(one['except']);
        });
      }
    });
  }

  it('says a place in the queue as the system, where there are words for it, and to customers alone', () => {
    const moved = { type: 'QueueMoved', chatId: chat.id, chat, people, position: 2 } as const;
    const told = { ...moved, notice: { text: 'You are number 2.', at: 1_732_150_800_001 } };
    const [said] = toFrames(told, 'customer', surface);
    expect(said).to.have.deep.nested.property('frame.name', 'message');
    expect(said)
      .to.have.nested.property('frame.args[0]')
      .that.deep.includes({
        id: `${chat.id}:queue:1732150800001`,
        session_id: 's-7',
        text: 'You are number 2.',
        timestamp: 1_732_150_801,
        source: 'operator',
      });
    expect(said).to.have.nested.property('frame.args[0].user.displayName', 'System');
    expect([...toFrames(moved, 'customer', surface), ...toFrames(told, 'all', surface)]).to.deep.equal([]);
  });

  describe('typing', () => {
    const typing = (more: Partial<Extract<Signal, { type: 'TypingChanged' }>>): Signal => ({
      type: 'TypingChanged',
      chatId: chat.id,
      chat,
      people,
      authorId: 'p_joe',
      authorRole: 'customer',
      isOn: true,
      expiresInMs: 10_000,
      ...more,
    });
    const frameOf = (signal: Signal, view: 'customer' | 'operator'): unknown =>
      toFrames(signal, view, surface).map((each) => 'frame' in each && [each.frame.name, ...each.frame.args]);

    it('shows operators the draft and the whole customer', () => {
      expect(frameOf(typing({ preview: 'hel' }), 'operator')).to.deep.equal([
        ['chat.typing', { id: 's-7' }, people['p_joe']?.profile, 'hel'],
      ]);
    });

    it('shows dots for a draft that nobody may see', () => {
      expect(frameOf(typing({}), 'operator')).to.have.deep.nested.property('[0][3]', '…');
    });

    it('names operators to each other by three keys', () => {
      expect(frameOf(typing({ authorId: 'p_one', authorRole: 'operator', preview: 'x' }), 'operator')).to.deep.equal([
        ['chat.typing', { id: 's-7' }, { id: 'op1', displayName: 'Op One', avatarURL: 'a1' }, 'x'],
      ]);
    });

    it('shows customers that somebody types, and that he stopped', () => {
      expect(frameOf(typing({ authorId: 'p_one', authorRole: 'operator' }), 'customer')).to.deep.equal([
        ['typing', true],
      ]);
      expect(frameOf(typing({ authorId: 'p_one', authorRole: 'operator', isOn: false }), 'customer')).to.deep.equal([
        ['typing', ''],
      ]);
    });
  });

  it('asks for the log as it was before the assignment', () => {
    const assigned = happened({
      type: 'ChatAssigned',
      operatorId: 'p_one',
      fromId: null,
      cause: 'queue',
      byId: null,
      assignment: 1,
    });
    expect(toFrames(assigned, 'operator', surface)[1]).to.deep.include({
      history: { chatId: chat.id, wireId: 's-7', upToVersion: 8 },
    });
  });

  it('says nothing when more hangs on a message than it can carry', () => {
    const large = { id: 1, text: 'hello', meta: { k: 'x'.repeat(8192) } };
    expect(commandFor('/customer', 'message', [large])).to.equal(undefined);
    expect(commandFor('/agent', 'message', [{ ...large, session_id: 's-7' }])).to.equal(undefined);
  });

  it('has an answer or a stated silence for every refusal', () => {
    const spokenCodes = rejectionCodes.filter((code) => toRefusal(code) !== null);
    expect(spokenCodes).to.deep.equal(['UNKNOWN_CHAT', 'NOT_ALLOWED', 'TOO_FAST', 'BUSY']);
  });
});
