import { expect } from 'chai';
import type { Away, ChatFact, Policies } from '@dragoman/core';
import { defaultPolicies } from '@dragoman/core';
import { duesOf } from '@dragoman/core/domain';
import type { Chat } from '@dragoman/core/domain';
import { given, opened, said, scenarioStart, speaker, theSystem } from '@dragoman/core/testing';

const ann = speaker('customer', 'ann');
const bea = speaker('operator', 'bea');
const to = { chatId: '' };

const queued: ChatFact = { type: 'ChatQueued', cause: 'first', place: 3, priority: 0, delegateId: null };
const assigned: ChatFact = {
  type: 'ChatAssigned',
  operatorId: 'bea',
  fromId: null,
  cause: 'queue',
  byId: null,
  assignment: 1,
};
const withBot: ChatFact = { type: 'ChatHandedOver', to: 'bot', botId: 'robo', fromId: null, flow: null, reason: null };
const away = (how: Away): ChatFact => ({ type: 'AbsenceNoted', phase: 'away', status: 'assigned', away: how });

/** In how many ms after the scenario's start each timer of the chat is due. */
function duesAfter(chat: Chat, policies: Partial<Policies> = {}): Record<string, number> {
  const dues = duesOf(chat, { ...defaultPolicies, ...policies });
  return Object.fromEntries(Object.entries(dues).map(([name, { dueAt }]) => [name, dueAt - scenarioStart]));
}

describe('the timers of a chat', () => {
  it('are none while nobody has said anything, and none once it is closed', () => {
    expect(duesAfter(given().chat)).to.deep.equal({});
    const everything = [away({ leavesDesk: false, noticeMs: 1, closeMs: 2 })];
    const closed: ChatFact = { type: 'ChatClosed', reason: 'operator', byId: null };
    expect(duesAfter(given(opened('ann', { idleMs: 5 }), queued, assigned, ...everything, closed).chat)).to.deep.equal(
      {},
    );
  });

  it('of an absence count from its beginning, each where something follows', () => {
    const at = (noticeMs: number | null, closeMs: number | null): Record<string, number> =>
      duesAfter(given(opened('ann'), queued, assigned, away({ leavesDesk: true, noticeMs, closeMs })).chat);
    expect(at(10_000, 90_000)).to.deep.equal({ 'customer-left': 13_000, 'customer-gone': 93_000 });
    expect(at(null, 90_000)).to.deep.equal({ 'customer-gone': 93_000 });
    expect(at(10_000, null)).to.deep.equal({ 'customer-left': 13_000 });
  });

  it('tell of an absence once', () => {
    const left: ChatFact = { type: 'AbsenceNoted', phase: 'left', status: 'assigned', away: null };
    const chat = given(
      opened('ann'),
      queued,
      assigned,
      away({ leavesDesk: true, noticeMs: 10, closeMs: 90 }),
      left,
    ).chat;
    expect(duesAfter(chat)).to.deep.equal({ 'customer-gone': 3_090 });
  });

  it('of silence begin anew with every message, whoever speaks', () => {
    const open = opened('ann', { idleMs: 60_000 });
    expect(duesAfter(given(open, queued).chat)).to.deep.equal({ idle: 60_000 });
    expect(duesAfter(given(open, queued, said(ann, 1)).chat)).to.deep.equal({ idle: 62_000 });
    expect(duesAfter(given(open, queued, said(ann, 1), said(bea, 2)).chat)).to.deep.equal({ idle: 63_000 });
  });

  it('of a silent bot count from the first word it has not answered', () => {
    const bot = speaker('bot', 'robo');
    expect(duesAfter(given(opened('ann'), withBot).chat)).to.deep.equal({});
    expect(duesAfter(given(opened('ann'), withBot, said(ann, 1)).chat)).to.deep.equal({ 'bot-silent': 22_000 });
    expect(duesAfter(given(opened('ann'), withBot, said(ann, 1), said(ann, 2)).chat)).to.deep.equal({
      'bot-silent': 22_000,
    });
    const words = [said(ann, 1), said(bot, 2), said(ann, 3)];
    expect(duesAfter(given(opened('ann'), withBot, ...words).chat)).to.deep.equal({ 'bot-silent': 24_000 });
  });

  it('of a silent bot are not stopped by another bot, nor started by what nobody reads', () => {
    const other = said(speaker('bot', 'spy'), 2);
    expect(duesAfter(given(opened('ann'), withBot, said(ann, 1), other).chat)).to.have.keys('bot-silent');
    const hidden = said(ann, 1, { visibility: 'bot' });
    expect(duesAfter(given(opened('ann'), withBot, hidden).chat)).to.deep.equal({});
  });

  it('of an absent operator run where there is a bot to take the chat', () => {
    const abandoned = given(opened('ann'), queued, assigned, { type: 'ChatAbandoned', operatorId: 'bea' }).chat;
    expect(duesAfter(abandoned)).to.deep.equal({});
    expect(duesAfter(abandoned, { botId: 'robo' })).to.deep.equal({ abandoned: 123_000 });
  });

  it('of a wait that is too long run where the workspace sets an end to it', () => {
    const { chat } = given(opened('ann'), queued);
    expect(duesAfter(chat)).to.deep.equal({});
    expect(duesAfter(chat, { queueMissMs: 5_000 })).to.deep.equal({ 'queue-miss': 6_000 });
  });

  it('of a wait begin anew when a missed chat is queued again, so that it is not missed at once', () => {
    const missed: ChatFact = { type: 'ChatMissed', cause: 'timeout', place: 3, priority: 0 };
    const again = given(opened('ann'), queued, missed)
      .within({ policies: { queueMissMs: 5_000 } })
      .when({ type: 'HandOver', chat: to, to: 'queue' }, bea, 60_000);
    expect(duesAfter(again.chat, { queueMissMs: 5_000 })).to.deep.equal({ 'queue-miss': 67_000 });
    const { token } = duesOf(again.chat, { ...defaultPolicies, queueMissMs: 5_000 })['queue-miss'] ?? { token: 0 };
    again.when({ type: 'FireTimer', name: 'queue-miss', token }, theSystem, 4_999).yields([]);
    again.when({ type: 'FireTimer', name: 'queue-miss', token }, theSystem, 5_000).yields([{ type: 'ChatMissed' }]);
  });

  it('of a chat that was put away run a day', () => {
    const released: ChatFact = { type: 'ChatHandedOver', to: 'customer', fromId: 'bea', flow: null, reason: null };
    expect(duesAfter(given(opened('ann'), queued, assigned, released).chat)).to.deep.equal({
      'released-end': 86_403_000,
    });
  });

  it('leave a chat that a desk has to the desk', () => {
    const policies = { botId: 'robo', queueMissMs: 5_000 };
    const atDesk: ChatFact = { ...queued, delegateId: 'desk' };
    const held: ChatFact = { ...assigned, operatorId: 'desk' };
    expect(duesAfter(given(opened('ann'), atDesk).chat, policies)).to.deep.equal({});
    expect(duesAfter(given(opened('ann'), atDesk, withBot, said(ann, 1)).chat, policies)).to.deep.equal({});
    const gone: ChatFact = { type: 'ChatAbandoned', operatorId: 'desk' };
    expect(duesAfter(given(opened('ann'), atDesk, held, gone).chat, policies)).to.deep.equal({});
  });
});
