import { expect } from 'chai';
import { wireOf } from '@dragoman/core';
import { createLookout } from '@dragoman/core/testing';
import { chatOf, workbench } from './workbench.js';

describe('an observer of a core', () => {
  it('is told of a session from its beginning to its end, and why it ended', async () => {
    const { observe, of } = createLookout();
    const { core, customer } = await workbench({ observe });
    const joe = await customer('joe', { connectionId: 'c-1' });
    const ada = await customer('ada');
    await joe.session.end();
    await core.stop();
    const [opened] = of('session-opened');
    expect(opened).to.include({ sessionId: joe.session.id, role: 'customer', scope: 'own', connectionId: 'c-1' });
    expect(of('session-ended').map(({ sessionId, reason }) => [sessionId, reason])).to.deep.equal([
      [joe.session.id, null],
      [ada.session.id, 'SHUTDOWN'],
    ]);
  });

  it('is told of each command once, with its answer, its time and the id its events carry', async () => {
    const { observe, of } = createLookout();
    const { customer } = await workbench({ observe });
    const joe = await customer('joe');
    const said = await joe.say('hello', 'joe');
    const refused = await joe.do({ type: 'CloseChat', to: { chatId: 'nowhere' }, reason: 'operator' });
    const [first, second, ...others] = of('command');
    expect(others).to.deep.equal([]);
    expect(first?.outcome).to.equal(said);
    expect(first?.commandId).to.equal(said.ok && said.events[0]?.commandId);
    expect(first?.tookMs).to.equal(0);
    expect(second?.outcome).to.equal(refused);
    expect(second?.commandId).to.equal(null);
  });

  it('is told of each delivery with the event itself', async () => {
    const { observe, of } = createLookout();
    const { customer, operator } = await workbench({ observe });
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    const words = of('delivery').filter(({ event }) => event.type === 'MessagePosted');
    expect(words.map(({ role, view, isReplay }) => ({ role, view, isReplay }))).to.deep.include.members([
      { role: 'customer', view: 'customer', isReplay: false },
      { role: 'operator', view: 'lobby', isReplay: false },
    ]);
    expect(
      of('delivery')
        .filter(({ sessionId }) => sessionId === joe.session.id)
        .map(({ event }) => event),
    ).to.deep.equal(joe.heard.map(({ event }) => event));
  });

  it('is told how far a client has been written to', async () => {
    const { observe, of } = createLookout();
    const { customer } = await workbench({ observe });
    const joe = await customer('joe', { connectionId: 'c-1' });
    const { id: chatId, version } = chatOf(await joe.say('hello', 'joe'));
    joe.session.written(chatId, version);
    expect(of('written')).to.have.length(1);
    expect(of('written')[0]).to.include({ chatId, version, sessionId: joe.session.id, connectionId: 'c-1' });
  });

  it('is told what each batch cost, and how long the queue is', async () => {
    const { observe, of } = createLookout();
    const { customer, operator } = await workbench({ observe });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    const commits = of('commit');
    expect(commits.reduce((sum, { events }) => sum + events, 0)).to.be.greaterThan(2);
    expect(commits.every(({ failed, waiting }) => failed === 0 && waiting === 0)).to.equal(true);
    expect(of('queue').at(-1)?.chats).to.equal(1);
    const olga = await operator('olga');
    await olga.do({ type: 'SetAvailability', status: 'available' });
    expect(of('queue').at(-1)?.chats).to.equal(0);
  });

  it('breaks nothing when it throws, and is complained of once', async () => {
    const { customer, log } = await workbench({
      observe: () => {
        throw new Error('out of order');
      },
    });
    const joe = await customer('joe');
    await joe.say('hello', 'joe');
    expect(joe.texts()).to.deep.equal(['hello']);
    expect(log.lines.filter(({ level }) => level === 'error')).to.have.length(1);
  });

  it('is handed on to adapters, for what they see of their wire', async () => {
    const { observe, of } = createLookout();
    const { core } = await workbench({ observe });
    const seen = {
      type: 'frame',
      at: core.clock.now(),
      space: 'web',
      connectionId: 'c-1',
      way: 'in',
      data: 'x',
    } as const;
    wireOf(core, 'web')?.in('c-1', 'x');
    expect(of('frame')).to.deep.equal([seen]);
    expect(wireOf((await workbench()).core, 'web')).to.equal(undefined);
  });
});
