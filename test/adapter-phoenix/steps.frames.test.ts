import {
  decodeText,
  encodeText,
  endByServer,
  heartbeatReply,
  isHeartbeat,
  isOvertaken,
  joinAnswered,
  receive,
  replyTo,
  type Deed,
  type Incoming,
  type JoinVerdict,
  type Step,
  type TopicState,
} from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';

const topic = 'room:1';
const ok: JoinVerdict = { ok: true, response: { control: false } };
const joined: TopicState = { phase: 'joined', joinRef: '3' };

function frame(text: string): Incoming {
  const read = decodeText(2, text);
  if (read === undefined) throw new Error(`no frame: ${text}`);
  return read;
}

/** What the deeds are, with the frames as they are on the wire. */
function said(deeds: readonly Deed[]): readonly unknown[] {
  return deeds.map((deed) => {
    switch (deed.do) {
      case 'send':
        return JSON.parse(encodeText(2, deed.frame));
      case 'end':
        return deed.reason;
      default:
        return deed.do;
    }
  });
}

/** A join and its answer, from whatever was there before. */
function join(text: string, verdict: JoinVerdict, before?: TopicState): Step & { readonly all: readonly unknown[] } {
  const asked = receive(before, frame(text));
  if (asked.state?.phase !== 'joining') throw new Error('the join is not asked for');
  const answered = joinAnswered(asked.state, verdict);
  return { ...answered, all: said([...asked.deeds, ...answered.deeds]) };
}

const reply = (joinRef: string | null, ref: string, response: object, status = 'error'): readonly unknown[] => [
  joinRef,
  ref,
  topic,
  'phx_reply',
  { status, response },
];
const close = (joinRef: string): readonly unknown[] => [joinRef, joinRef, topic, 'phx_close', {}];

describe('a join', () => {
  it('that is accepted is answered first', () => {
    const { state, all } = join('["3","3","room:1","phx_join",{}]', ok);
    expect(all).to.deep.equal(['join', reply('3', '3', { control: false }, 'ok')]);
    expect(state).to.deep.equal(joined);
  });

  it('without a join ref goes by its ref, and its reply has none', () => {
    const { state, all } = join('[null,"3","room:1","phx_join",{}]', ok);
    expect(all[1]).to.deep.equal(reply(null, '3', { control: false }, 'ok'));
    expect(state).to.deep.equal(joined);
  });

  it('that is refused for good is also closed, so that no client asks on', () => {
    const verdict: JoinVerdict = { ok: false, reason: 'unauthorized', isFinal: true };
    const { state, all } = join('["3","3","room:1","phx_join",{}]', verdict);
    expect(all).to.deep.equal(['join', reply('3', '3', { reason: 'unauthorized' }), close('3')]);
    expect(state).to.equal(undefined);
  });

  it('that is refused for now is only answered', () => {
    const verdict: JoinVerdict = { ok: false, reason: 'timeout', isFinal: false, details: { after: 1 } };
    const { all } = join('["3","3","room:1","phx_join",{}]', verdict);
    expect(all).to.deep.equal(['join', reply('3', '3', { reason: 'timeout', after: 1 })]);
  });

  it('of a topic that nobody has is answered without a join ref', () => {
    const verdict: JoinVerdict = { ok: false, reason: 'unmatched topic', isFinal: true };
    const { all } = join('["3","3","room:1","phx_join",{}]', verdict);
    expect(all).to.deep.equal(['join', reply(null, '3', { reason: 'unmatched topic' }), close('3')]);
  });

  for (const payload of ['[]', '1', '"text"', 'true']) {
    it(`with the params ${payload} is refused for good`, () => {
      const { state, deeds } = receive(undefined, frame(`["3","3","room:1","phx_join",${payload}]`));
      expect(said(deeds)).to.deep.equal([reply('3', '3', { reason: 'invalid params' }), close('3')]);
      expect(state).to.equal(undefined);
    });
  }

  it('of the topic of heartbeats is refused for good', () => {
    const { deeds } = receive(undefined, frame('["3","3","phoenix","phx_join",{}]'));
    expect(said(deeds)).to.deep.equal([
      [null, '3', 'phoenix', 'phx_reply', { status: 'error', response: { reason: 'unmatched topic' } }],
      ['3', '3', 'phoenix', 'phx_close', {}],
    ]);
  });
});

describe('a second join of a topic', () => {
  it('ends the first, is answered, and then closes it', () => {
    const { state, all } = join('["5","5","room:1","phx_join",{}]', ok, joined);
    expect(all).to.deep.equal(['replaced', 'join', reply('5', '5', { control: false }, 'ok'), close('3')]);
    expect(state).to.deep.equal({ phase: 'joined', joinRef: '5' });
  });

  it('that is refused closes the first all the same', () => {
    const { state, all } = join('["5","5","room:1","phx_join",{}]', { ok: false, reason: 'no', isFinal: true }, joined);
    expect(all).to.deep.equal(['replaced', 'join', reply('5', '5', { reason: 'no' }), close('3'), close('5')]);
    expect(state).to.equal(undefined);
  });

  it('of an older ref is overtaken where frames may lose their order; one of no number never is', () => {
    const at = (joinRef: string, text: string): boolean => isOvertaken({ phase: 'joined', joinRef }, frame(text));
    expect(at('10', '["9","9","room:1","phx_join",{}]')).to.equal(true);
    expect(at('9', '["10","10","room:1","phx_join",{}]')).to.equal(false);
    expect(at('a', '["9","9","room:1","phx_join",{}]')).to.equal(false);
    expect(at('10', '["9","11","room:1","said",{}]')).to.equal(false);
    expect(isOvertaken(undefined, frame('["9","9","room:1","phx_join",{}]'))).to.equal(false);
  });

  it('of an older ref wins like any other second join where frames keep their order', () => {
    const { state, all } = join('["2","2","room:1","phx_join",{}]', ok, joined);
    expect(all).to.deep.equal(['replaced', 'join', reply('2', '2', { control: false }, 'ok'), close('3')]);
    expect(state).to.deep.equal({ phase: 'joined', joinRef: '2' });
  });

  it('under the same ref closes nothing: the client would take it for the new one', () => {
    const { all } = join('["3","3","room:1","phx_join",{}]', ok, joined);
    expect(all).to.deep.equal(['replaced', 'join', reply('3', '3', { control: false }, 'ok')]);
  });
});

describe('a push', () => {
  const push = (text: string, state?: TopicState): readonly unknown[] => said(receive(state, frame(text)).deeds);

  it('of a joined channel is handled, with its join ref or none', () => {
    expect(push('["3","8","room:1","say",{}]', joined)).to.deep.equal(['push']);
    expect(push('[null,"8","room:1","say",{}]', joined)).to.deep.equal(['push']);
  });

  it('of an earlier join is dropped', () => {
    expect(push('["1","8","room:1","say",{}]', joined)).to.deep.equal([]);
  });

  it('of a topic that is not joined is answered, and the client is told that it is not joined', () => {
    expect(push('["3","8","room:1","say",{}]')).to.deep.equal([
      reply(null, '8', { reason: 'unmatched topic' }),
      ['3', '3', topic, 'phx_error', { reason: 'unmatched topic' }],
    ]);
    expect(push('[null,"8","room:1","say",{}]')).to.deep.equal([reply(null, '8', { reason: 'unmatched topic' })]);
  });

  for (const event of ['phx_reply', 'phx_close', 'phx_error', 'phx_other']) {
    it(`named ${event} is refused`, () => {
      const answer = push(`["3","8","room:1","${event}",{}]`, joined);
      expect(answer).to.deep.equal([reply('3', '8', { reason: 'reserved event' })]);
    });
  }

  it('is answered under the join ref of its channel, or not at all if it has no ref', () => {
    const asked = frame('[null,"8","room:1","say",{}]');
    expect(said(replyTo(asked, '3', { ok: true }))).to.deep.equal([reply('3', '8', {}, 'ok')]);
    const details = { retry_after_ms: 5 };
    const refusal = replyTo(asked, '3', { ok: false, reason: 'rate limited', details });
    expect(said(refusal)).to.deep.equal([reply('3', '8', { reason: 'rate limited', retry_after_ms: 5 })]);
    expect(replyTo({ ...asked, ref: null }, '3', { ok: true })).to.deep.equal([]);
  });
});

describe('a leave', () => {
  it('ends the channel, is answered, and closes it', () => {
    for (const text of ['["3","9","room:1","phx_leave",{}]', '[null,"9","room:1","phx_leave",{}]']) {
      const { state, deeds } = receive(joined, frame(text));
      expect(said(deeds)).to.deep.equal(['left', reply('3', '9', {}, 'ok'), close('3')]);
      expect(state).to.equal(undefined);
    }
  });

  it('of an earlier join is dropped', () => {
    expect(receive(joined, frame('["1","9","room:1","phx_leave",{}]'))).to.deep.equal({ state: joined, deeds: [] });
  });

  it('of a topic that is not joined is answered with ok', () => {
    const { deeds } = receive(undefined, frame('["3","9","room:1","phx_leave",{}]'));
    expect(said(deeds)).to.deep.equal([reply('3', '9', {}, 'ok')]);
  });
});

describe('a channel that the server ends', () => {
  it('is closed for good, or has failed and is joined again', () => {
    expect(said(endByServer(topic, '3', 'closed').deeds)).to.deep.equal(['closed', close('3')]);
    const crash = ['3', '3', topic, 'phx_error', { reason: 'channel_crash' }];
    expect(said(endByServer(topic, '3', 'crashed').deeds)).to.deep.equal(['crashed', crash]);
  });
});

describe('a heartbeat', () => {
  it('is known by topic and event alone, and answered without a join ref', () => {
    for (const text of ['[null,"9","phoenix","heartbeat",{}]', '["1","9","phoenix","heartbeat",null,1]']) {
      expect(isHeartbeat(frame(text))).to.equal(true);
      expect(JSON.parse(encodeText(2, heartbeatReply(frame(text))))).to.deep.equal([
        null,
        '9',
        'phoenix',
        'phx_reply',
        { status: 'ok', response: {} },
      ]);
    }
    expect(isHeartbeat(frame('["1","9","room:1","heartbeat",{}]'))).to.equal(false);
  });
});
