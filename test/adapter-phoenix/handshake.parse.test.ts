import { isAllowedOrigin, readOffer, readParams, readVersion } from '@dragoman/adapter-phoenix/channels';
import { expect } from 'chai';
import fc from 'fast-check';

describe('the params of a connection', () => {
  it('are as the client wrote them, the last of several', () => {
    const params = readParams('user%5Bname%5D=ada&list%5B0%5D=x&token=mine&vsn=2.0.0&&token=session&empty&bad=%zz');
    expect([...params]).to.deep.equal([
      ['user[name]', 'ada'],
      ['list[0]', 'x'],
      ['token', 'session'],
      ['vsn', '2.0.0'],
      ['empty', ''],
      ['bad', '%zz'],
    ]);
  });

  it('name version 1, 2, or none that is spoken', () => {
    const versions = [
      '',
      'vsn=1.0.0',
      'vsn=1.0.7',
      'vsn=2.0.0',
      'vsn=2.0.12',
      'vsn=2',
      'vsn=2.1.0',
      'vsn=',
      'vsn[]=2.0.0',
    ];
    const read = versions.map((query) => readVersion(readParams(query)));
    expect(read).to.deep.equal([1, 1, 1, 2, 2, undefined, undefined, undefined, undefined]);
  });
});

describe('the subprotocols that are offered', () => {
  const token = 'Ümlaut?>~tok';
  const base64 = Buffer.from(token, 'latin1').toString('base64');
  const offer = (text: string): string => `phoenix, base64url.bearer.phx.${text}`;

  it('hold the token of clients from 1.8 on, in either alphabet, padded or not', () => {
    const url = base64.replaceAll('+', '-').replaceAll('/', '_');
    for (const text of [base64, base64.replace(/=+$/, ''), url, url.replace(/=+$/, '')]) {
      expect(readOffer(offer(text))).to.deep.equal({ isAcceptable: true, authToken: token });
    }
    expect(readOffer(offer(base64).replace(', ', ','))).to.include({ authToken: token });
  });

  it('hold none when there are two of them, or when it is no base64', () => {
    const two = `${offer(base64)}, base64url.bearer.phx.${base64}`;
    for (const header of [two, offer('a'), offer('a.b'), offer(''), 'phoenix']) {
      expect(readOffer(header), header).to.deep.equal({ isAcceptable: true, authToken: undefined });
    }
  });

  it('need not be there, but phoenix must be among them', () => {
    expect(readOffer(undefined)).to.deep.equal({ isAcceptable: true, authToken: undefined });
    expect(readOffer('graphql-ws, phoenix2').isAcceptable).to.equal(false);
    expect(readOffer('').isAcceptable).to.equal(false);
  });

  it('never make the reader throw', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readOffer(text);
        readOffer(offer(text));
        readVersion(readParams(text));
        isAllowedOrigin(text, [text, '//*.example.org']);
      }),
    );
  });
});

describe('the page of a connection', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['https://example.org', 'https://example.org', true],
    ['https://EXAMPLE.org', 'https://example.org', true],
    ['http://example.org', 'https://example.org', false],
    ['https://example.org:8443', 'https://example.org', true],
    ['https://example.org', 'https://example.org:443', true],
    ['https://example.org:8443', 'https://example.org:443', false],
    ['http://example.org', '//example.org', true],
    ['https://shop.example.org', '//*.example.org', true],
    ['https://example.org', '//*.example.org', true],
    ['https://notexample.org', '//*.example.org', false],
    ['https://example.org.evil.org', '//example.org', false],
    ['https://example.org', 'example.org', false],
    ['null', '//null', false],
    ['', '//example.org', false],
    ['https://[::1]:3000', '//[::1]', true],
  ];

  for (const [origin, pattern, isAllowed] of rows) {
    it(`${origin || 'nothing'} is ${isAllowed ? '' : 'not '}allowed by ${pattern}`, () => {
      expect(isAllowedOrigin(origin, [pattern])).to.equal(isAllowed);
    });
  }

  it('is not asked where there is none, nor where all are allowed', () => {
    expect(isAllowedOrigin(undefined, [])).to.equal(true);
    expect(isAllowedOrigin('https://example.org', undefined)).to.equal(true);
    expect(isAllowedOrigin('https://example.org', [])).to.equal(false);
  });
});
