import { decodeBinary, decodeText, encodeBinary, encodeText, type Outgoing } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import fc from 'fast-check';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));

describe('reading array frames', () => {
  it('takes five elements and ignores what follows', () => {
    const frame = { joinRef: '3', ref: '8', topic: 'room:1', event: 'say', payload: { text: 'hi' } };
    expect(decodeText(2, '["3","8","room:1","say",{"text":"hi"}]')).to.deep.equal(frame);
    expect(decodeText(2, '["3","8","room:1","say",{"text":"hi"},1,{}]')).to.deep.equal(frame);
  });

  it('takes null for an empty payload, as clients of 1.4 push without one', () => {
    expect(decodeText(2, '["3","8","room:1","say",null]')?.payload).to.deep.equal({});
  });

  it('keeps refs as they came, text or number', () => {
    expect(decodeText(2, '[3,8,"room:1","say",{}]')).to.include({ joinRef: 3, ref: 8 });
    expect(decodeText(2, '["3","08","room:1","say",{}]')).to.include({ joinRef: '3', ref: '08' });
  });

  for (const text of [
    '',
    'no',
    '["3","8","room:1","say"',
    '[]',
    '["3","8","room:1","say"]',
    '7',
    'null',
    '"text"',
    '{"topic":"room:1","event":"say","payload":{},"ref":"8"}',
    '["3","8",1,"say",{}]',
    '["3","8","room:1",null,{}]',
    '["3",{},"room:1","say",{}]',
    '[["3"],"8","room:1","say",{}]',
    '[true,"8","room:1","say",{}]',
    `["3","8","${'r'.repeat(1025)}","say",{}]`,
  ]) {
    it(`refuses ${text.slice(0, 60) || 'nothing'}`, () => {
      expect(decodeText(2, text)).to.equal(undefined);
    });
  }
});

describe('reading object frames', () => {
  it('takes topic, event, payload and ref, and a join_ref if there is one', () => {
    const text = '{"topic":"interlocutor:ada","event":"phx_join","payload":{"bot_id":"b1"},"ref":"1"}';
    const frame = { joinRef: null, ref: '1', topic: 'interlocutor:ada', event: 'phx_join', payload: { bot_id: 'b1' } };
    expect(decodeText(1, text)).to.deep.equal(frame);
    expect(decodeText(1, text.replace('{', '{"join_ref":"1",'))).to.deep.equal({ ...frame, joinRef: '1' });
    expect(decodeText(1, '{"topic":"a","event":"b","payload":null,"ref":null}')).to.include({ ref: null });
  });

  for (const key of ['topic', 'event', 'payload', 'ref']) {
    it(`refuses one without ${key}`, () => {
      const whole: Record<string, unknown> = { topic: 'a', event: 'b', payload: {}, ref: '1' };
      const text = JSON.stringify(Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key)));
      expect(decodeText(1, text)).to.equal(undefined);
    });
  }

  it('refuses an array', () => {
    expect(decodeText(1, '["3","8","room:1","say",{}]')).to.equal(undefined);
  });
});

describe('writing frames', () => {
  const rows: readonly (readonly [Outgoing, string, string])[] = [
    [
      { kind: 'reply', joinRef: '3', ref: '8', topic: 't', status: 'ok', response: { control: false } },
      '["3","8","t","phx_reply",{"status":"ok","response":{"control":false}}]',
      '{"topic":"t","event":"phx_reply","payload":{"status":"ok","response":{"control":false}},"ref":"8"}',
    ],
    [
      { kind: 'push', joinRef: '3', topic: 't', event: 'said', payload: { n: 1 } },
      '["3",null,"t","said",{"n":1}]',
      '{"topic":"t","event":"said","payload":{"n":1},"ref":null}',
    ],
    [
      { kind: 'push', joinRef: null, topic: 't', event: 'said', payload: {} },
      '[null,null,"t","said",{}]',
      '{"topic":"t","event":"said","payload":{},"ref":null}',
    ],
    [
      { kind: 'close', joinRef: '3', topic: 't' },
      '["3","3","t","phx_close",{}]',
      '{"topic":"t","event":"phx_close","payload":{},"ref":"3"}',
    ],
    [
      { kind: 'error', joinRef: '3', topic: 't', reason: 'channel_crash' },
      '["3","3","t","phx_error",{"reason":"channel_crash"}]',
      '{"topic":"t","event":"phx_error","payload":{"reason":"channel_crash"},"ref":"3"}',
    ],
  ];

  for (const [frame, array, object] of rows) {
    it(`of kind ${frame.kind}${frame.joinRef === null ? ' to everybody' : ''}`, () => {
      expect(JSON.parse(encodeText(2, frame))).to.deep.equal(JSON.parse(array));
      expect(JSON.parse(encodeText(1, frame))).to.deep.equal(JSON.parse(object));
    });
  }
});

describe('binary frames', () => {
  const data = hex('0102ff');

  it('are read as the bytes of a push', () => {
    const bytes = hex('00 01 01 06 04 33 38 64656d6f3a39 636c6970 0102ff');
    const frame = { joinRef: '3', ref: '8', topic: 'demo:9', event: 'clip', payload: data };
    expect(decodeBinary(bytes)).to.deep.equal(frame);
    expect(decodeBinary(hex('00 00 00 06 04 64656d6f3a39 636c6970'))).to.deep.equal({
      ...frame,
      joinRef: null,
      ref: null,
      payload: new Uint8Array(),
    });
  });

  it('name topics in UTF-8, or in the low bytes of clients from 1.5.7 to 1.8.6', () => {
    expect(decodeBinary(hex('00 00 00 04 01 613a c3a9 62'))?.topic).to.equal('a:é');
    expect(decodeBinary(hex('00 00 00 03 01 613a e9 62'))?.topic).to.equal('a:é');
  });

  for (const text of ['', '00', '00010106', '01 00 00 01 01 61 62', '00 01 01 06 04 33 38 64', '00 00 00 ff 00 61']) {
    it(`are refused: ${text || 'no byte at all'}`, () => {
      expect(decodeBinary(hex(text))).to.equal(undefined);
    });
  }

  it('are written as a reply, a push, and an event for everybody', () => {
    const [topic, event] = ['demo:9', 'clip'];
    const reply = encodeBinary({ kind: 'reply', joinRef: '3', ref: '8', topic, status: 'ok', response: data });
    expect(reply).to.deep.equal(hex('01 01 01 06 02 33 38 64656d6f3a39 6f6b 0102ff'));
    const push = encodeBinary({ kind: 'push', joinRef: '3', topic, event, payload: data });
    expect(push).to.deep.equal(hex('00 01 06 04 33 64656d6f3a39 636c6970 0102ff'));
    const everybody = encodeBinary({ kind: 'push', joinRef: null, topic, event, payload: data });
    expect(everybody).to.deep.equal(hex('02 06 04 64656d6f3a39 636c6970 0102ff'));
  });

  it('cannot hold a name above 255 bytes', () => {
    const topic = 'é'.repeat(128);
    expect(encodeBinary({ kind: 'push', joinRef: null, topic, event: 'e', payload: data })).to.equal(undefined);
  });

  it('and text frames never make a reader throw, whatever they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.string(), fc.jsonValue(), (bytes, text, json) => {
        decodeBinary(bytes);
        decodeBinary(Uint8Array.of(0, ...bytes));
        for (const version of [1, 2] as const) {
          decodeText(version, text);
          decodeText(version, JSON.stringify(json));
          decodeText(version, JSON.stringify([null, null, json, json, json]));
        }
      }),
      { numRuns: 500 },
    );
  });
});
