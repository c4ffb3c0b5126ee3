import { parseBody, parseChannel, parseContent, parsePaging, parseSender } from '@dragoman/adapter-faye/convead';
import { expect } from 'chai';
import fc from 'fast-check';

describe('reading what Convead clients send', () => {
  it('never throws, whatever JSON or text it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (json, text) => {
        for (const value of [json, text]) {
          parseSender(value);
          parseContent(value);
          parsePaging({ count: value, since_id: value });
        }
        for (const type of ['', 'application/json', 'application/x-www-form-urlencoded', 'text/plain', text]) {
          parseBody(type, text);
          parseBody(type, JSON.stringify(json));
        }
        parseChannel(text);
      }),
      { numRuns: 500 },
    );
  });

  it('gives back the content of a form unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (content) => {
        const body = new URLSearchParams({ 'sender[type]': 'visitor', content }).toString();
        const read = parseBody('application/x-www-form-urlencoded', body);
        expect(read.ok && read.value['content']).to.equal(content);
      }),
    );
  });

  it('leaves out of a form what is nested too deep, and every key that reaches for a prototype', () => {
    const read = parseBody('', 'a[b][c]=1&a[b][c][d]=2&__proto__[x]=1&a[constructor]=1&prototype=1');
    expect(JSON.stringify(read)).to.equal('{"ok":true,"value":{"a":{"b":{"c":"1"}}}}');
    expect(Object.prototype).not.to.have.property('x');
  });

  it('takes a sender whose type is no text for nobody, also one that a form or an object made', () => {
    const form = parseBody('', 'sender[type][a]=visitor');
    const senders = [form.ok && form.value['sender'], { type: { toString: 1 } }, { type: ['visitor'] }, { type: 1 }];
    for (const sender of senders) expect(parseSender(sender)).to.deep.equal({ ok: false, code: 'sender_invalid' });
  });

  it('knows the four families of channels and nothing else', () => {
    expect(parseChannel('/service/*')).to.deep.equal({ family: 'duty' });
    expect(parseChannel('/service/v~1')).to.deep.equal({ family: 'service', visitorId: 'v~1' });
    expect(parseChannel('/notifications/v')).to.deep.equal({ family: 'notifications', visitorId: 'v' });
    expect(parseChannel('/conversations/12')).to.deep.equal({ family: 'conversation', number: 12 });
    const others = [
      '/service',
      '/service/',
      '/service/a/b',
      '/service/**',
      '/conversations/012',
      '/conversations/x',
      '/x/1',
      'service/a',
    ];
    for (const name of others) expect(parseChannel(name), name).to.equal(undefined);
  });

  it('reads a manager id as text, whatever its JSON type', () => {
    expect(parseSender({ type: 'Manager', id: 7, name: 'Ann' })).to.deep.equal({
      ok: true,
      value: { type: 'manager', id: '7', name: 'Ann' },
    });
  });
});
