import { BlockList } from 'node:net';
import { networkOf } from '@dragoman/core';
import { expect } from 'chai';
import fc from 'fast-check';

describe('what a limit of one address counts', () => {
  it('is an IPv4 address, however it is written', () => {
    const forms = ['198.51.100.1', '::ffff:198.51.100.1', '::FFFF:c633:6401', '0:0:0:0:0:ffff:198.51.100.1'];
    expect(forms.map(networkOf)).to.deep.equal(forms.map(() => '198.51.100.1'));
    expect(networkOf('64:ff9b::c633:6401')).to.equal('198.51.100.1');
  });

  it('is the /64 of an IPv6 address: whoever has one of its addresses has them all', () => {
    const forms = ['2001:db8::1', '2001:DB8:0:0:ffff::', '2001:0db8::7:8.9.10.11', '2001:db8::1%eth0'];
    expect(forms.map(networkOf)).to.deep.equal(forms.map(() => '2001:db8:0:0::/64'));
    expect(networkOf('2001:db8:0:1::1')).to.equal('2001:db8:0:1::/64');
    expect(networkOf('::1')).to.equal('0:0:0:0::/64');
  });

  it('is one for two IPv6 addresses exactly where their first 64 bits are one', () => {
    const groups = fc.array(fc.constantFrom(0, 1, 0xdb8, 0xffff), { minLength: 7, maxLength: 7 });
    const address = groups.map((rest) => [0x2001, ...rest].map((group) => group.toString(16)).join(':'));
    fc.assert(
      fc.property(address, address, (one, other) => {
        const list = new BlockList();
        list.addSubnet(one, 64, 'ipv6');
        expect(networkOf(one) === networkOf(other)).to.equal(list.check(other, 'ipv6'));
      }),
    );
  });

  it('is any other text as it is', () => {
    const texts = ['', 'unknown', ':', ':::', 'a:b', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::12345', 'g::'];
    expect(texts.map(networkOf)).to.deep.equal(texts);
    fc.assert(fc.property(fc.string(), (text) => typeof networkOf(text) === 'string'));
  });
});
