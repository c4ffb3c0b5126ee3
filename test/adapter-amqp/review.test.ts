import { review, type AsideMessage } from '@dragoman/adapter-amqp';
import { eventually } from '@dragoman/core/testing';
import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { expect } from 'chai';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { asideIn, deskPlatform, frontPlatform, scene, type Scene } from './sermo-peers.js';

async function nextOf(channel: Channel, queue: string): Promise<ConsumeMessage> {
  let take = (_: ConsumeMessage): void => undefined;
  const next = new Promise<ConsumeMessage>((resolve) => (take = resolve));
  const { consumerTag } = await channel.consume(queue, (message) => message !== null && take(message));
  const message = await next;
  await channel.cancel(consumerTag);
  return message;
}

describeWith('rabbitmq', 'a review of what was put aside', function () {
  this.timeout(120_000);
  let stage: Scene;
  let url: string;
  let dead = 0;
  before(async () => {
    ({ url } = await theBroker());
  });
  const models: ChannelModel[] = [];
  afterEach(async () => {
    await Promise.all(models.splice(0).map((model) => model.close()));
    await stage.stop();
  });

  async function aChannel(): Promise<Channel> {
    const model = await connect(url);
    models.push(model);
    return model.createChannel();
  }

  /** Some messages put aside by us, in this order. */
  async function withAside(options: object = {}): Promise<void> {
    stage = await scene(options);
    const customer = await stage.customer('u-1');
    await customer.raw(Buffer.from('no json'), { messageId: 'm-1', expiration: '1000000' });
    await customer.say({ type: 'dance' }, { headers: { mine: 'kept' } });
    await customer.say({ type: 'agent_done' });
    const put = (): number => Object.entries(stage.counts()).filter(([name]) => name.startsWith('parked_')).length;
    await eventually('three are put aside', () => put() === 3);
  }

  const all = async (queue: string): Promise<readonly AsideMessage[]> => {
    const seen: AsideMessage[] = [];
    await review({ url, queue }, (message) => {
      seen.push(message);
      return 'keep';
    });
    return seen;
  };

  for (const queueType of ['quorum', 'classic'] as const) {
    it(`shows each with its reason and leaves it where it is, in a ${queueType} queue`, async () => {
      await withAside({ queueType });
      for (let times = 0; times < 2; times += 1) {
        const shown = await all(stage.names.parked);
        expect(shown.map(({ place, reason, detail }) => [place, reason, detail])).to.deep.equal([
          [1, 'not_json', ''],
          [2, 'unknown_type', 'inbound dance'],
          [3, 'wrong_direction', 'inbound agent_done'],
        ]);
        expect(shown[0]).to.deep.include({ from: stage.names.customerQueue, times: 0, messageId: 'm-1' });
        expect(shown[0]?.body.toString()).to.equal('no json');
      }
    });
  }

  it('drops one, gives another to our own queue again, and keeps the rest', async () => {
    await withAside();
    const result = await review({ url, queue: stage.names.parked }, ({ reason }) =>
      reason === 'not_json' ? 'drop' : reason === 'unknown_type' ? 'again' : 'keep',
    );
    expect(result).to.deep.equal({ keep: 1, again: 1, drop: 1 });
    // It is as wrong as before: put aside once more, and that is told.
    await eventually('it was put aside again', () => stage.counts()['parked_unknown_type'] === 2);
    const shown = await all(stage.names.parked);
    expect(shown.map(({ reason, times }) => [reason, times])).to.deep.equal([
      ['wrong_direction', 0],
      ['unknown_type', 1],
    ]);
  });

  it('is what the adapter has set aside, and gives one again by its id', async () => {
    await withAside();
    const { deadLetters } = stage.adapter;
    const letters = (await deadLetters?.all()) ?? [];
    expect(letters.map(({ way, to, event, reason, attempts }) => [way, to, event, reason, attempts])).to.deep.equal([
      ['in', stage.names.customerQueue, 'message', 'not_json', 1],
      ['in', stage.names.customerQueue, 'dance', 'unknown_type inbound dance', 1],
      ['in', stage.names.customerQueue, 'agent_done', 'wrong_direction inbound agent_done', 1],
    ]);
    expect(await deadLetters?.redrive(letters[1]?.id ?? '')).to.equal(true);
    await eventually('it was put aside again', () => stage.counts()['parked_unknown_type'] === 2);
    const later = (await deadLetters?.all()) ?? [];
    expect(later.map(({ event, attempts }) => [event, attempts])).to.deep.equal([
      ['message', 1],
      ['agent_done', 1],
      ['dance', 2],
    ]);
    expect(await deadLetters?.redrive('nowhere:x')).to.equal(false);
  });

  it('is found by who gives it again while others look', async () => {
    await withAside();
    const { deadLetters } = stage.adapter;
    const id = (await deadLetters?.all())?.[2]?.id ?? '';
    const looks = Array.from({ length: 3 }, () => deadLetters?.all());
    const [first, second] = await Promise.all([deadLetters?.redrive(id), deadLetters?.redrive(id), ...looks]);
    expect([first, second]).to.deep.equal([true, false]);
    for (const seen of await Promise.all(looks)) expect(seen).to.have.lengthOf.within(2, 3);
  });

  it('words that were put aside for want of a platform are heard when there is one', async () => {
    stage = await scene({ platforms: { 'other-web': 'customer', [deskPlatform]: 'desk' } });
    const customer = await stage.customer('u-1');
    const channel = await aChannel();
    await channel.bindQueue(stage.names.customerQueue, stage.names.inbound, `${frontPlatform}.#`);
    await customer.say({ type: 'text', text: 'too early' });
    await eventually('it is put aside', () => stage.counts()['parked_unknown_platform'] === 1);
    await stage.adapter.stop();
    const later = await scene({ names: stage.names }, undefined);
    expect(await review({ url, queue: stage.names.parked }, () => 'again')).to.include({ again: 1 });
    await eventually('it is heard', () => later.counts()['in_text'] === 1);
    await later.stop();
  });

  it('of the broker’s own dead letters gives back those that came from a queue of ours', async () => {
    stage = await scene({ queueType: 'quorum' });
    await stage.adapter.stop();
    const customer = await stage.customer('u-1');
    await customer.say({ type: 'text', text: 'given too often' }, { CC: 'elsewhere' });
    const channel = await aChannel();
    channel.nack(await nextOf(channel, stage.names.customerQueue), false, false);
    await eventually('it is a dead letter', () => {
      void channel.checkQueue(stage.names.deadQueue).then(({ messageCount }) => (dead = messageCount));
      return dead === 1;
    });
    const [shown] = await all(stage.names.deadQueue);
    expect(shown).to.deep.include({ reason: 'rejected', from: stage.names.customerQueue });
    expect(await review({ url, queue: stage.names.deadQueue }, () => 'again')).to.include({ again: 1 });
    const back = await nextOf(channel, stage.names.customerQueue);
    expect(back.content.toString()).to.include('given too often');
    expect(back.properties.headers).to.not.have.any.keys('CC', 'BCC');
  });

  it('keeps what has no queue to go back to', async () => {
    await withAside();
    await stage.adapter.stop();
    await (await aChannel()).deleteQueue(stage.names.customerQueue);
    expect(await review({ url, queue: stage.names.parked }, () => 'again')).to.deep.equal({
      keep: 3,
      again: 0,
      drop: 0,
    });
    expect(await asideIn(stage.names.parked)).to.have.length(3);
  });
});
