import {
  plan,
  textsFor,
  type Capabilities,
  type CapabilityMap,
  type CapabilityName,
  type Passage,
} from '@dragoman/core';
import { expect } from 'chai';

const nothing: CapabilityMap = {};
const customerOf = (says: CapabilityMap, hears: CapabilityMap = nothing): Capabilities => ({
  customer: { says, hears },
});
const operatorOf = (hears: CapabilityMap, says: CapabilityMap = nothing): Capabilities => ({
  operator: { says, hears },
});

function fateOf(from: Capabilities, to: Capabilities, name: CapabilityName, shownTo: Passage['to'] = 'operator') {
  const passage = plan(from, to).find((one) => one.name === name && one.to === shownTo);
  return passage && `${passage.fate}${passage.as === null ? '' : ` as ${passage.as}`}`;
}

describe('the plan of two dialects', () => {
  it('is empty where one of them has not the side', () => {
    expect(plan({}, operatorOf({ text: {} }))).to.deep.equal([]);
    expect(plan(customerOf({ text: {} }), {})).to.deep.equal([]);
  });

  it('passes a text whole as far as the hearer can carry, beyond it in parts', () => {
    expect(fateOf(customerOf({ text: { maxUnits: 10 } }), operatorOf({ text: {} }), 'text')).to.equal('crosses');
    const [text] = plan(customerOf({ text: { maxUnits: 11 } }), operatorOf({ text: { maxUnits: 10 } }));
    expect(text).to.deep.include({ fate: 'degrades', as: 'parts', limits: { maxUnits: 10 } });
  });

  it('makes a message of each line for who hears one line at a time', () => {
    const [lines, line] = [{ text: {} }, { text: { maxUnits: 5, isOneLine: true } }];
    const [text] = plan(customerOf(lines), operatorOf(line));
    expect(text).to.deep.include({ fate: 'degrades', as: 'parts', limits: line.text });
    expect(fateOf(customerOf(line), operatorOf(line), 'text')).to.equal('crosses');
    expect(fateOf(customerOf(line), operatorOf(lines), 'text')).to.equal('crosses');
    expect(textsFor('one\r\n \ntwo three\r', line.text)).to.deep.equal(['one', 'two t', 'hree']);
    expect(textsFor('one\ntwo')).to.deep.equal(['one\ntwo']);
  });

  it('puts a text in the place of a picture that cannot be shown', () => {
    const from = customerOf({ text: {}, image: { hasCaption: true } });
    expect(fateOf(from, operatorOf({ text: {} }), 'image')).to.equal('degrades as text');
    expect(fateOf(from, operatorOf({ text: {}, image: {} }), 'image')).to.equal('degrades as caption-apart');
    expect(fateOf(from, operatorOf({ image: { hasCaption: true } }), 'image')).to.equal('crosses');
  });

  it('shows a draft as a sign, a sign as dots, and neither to who knows neither', () => {
    const [draft, sign] = [customerOf({ 'typing-preview': {} }), customerOf({ typing: {} })];
    const [reads, sees] = [operatorOf({ 'typing-preview': {} }), operatorOf({ typing: {} })];
    expect(fateOf(draft, reads, 'typing-preview')).to.equal('crosses');
    expect(fateOf(draft, sees, 'typing-preview')).to.equal('degrades as sign');
    expect(fateOf(sign, reads, 'typing')).to.equal('degrades as dots');
    expect(fateOf(sign, operatorOf({}), 'typing')).to.equal('lost');
    expect(fateOf(customerOf({}), sees, 'typing')).to.equal('unsaid');
    expect(fateOf(customerOf({}), operatorOf({}), 'typing')).to.equal(undefined);
  });

  it('takes written words for delivered where nobody can confirm them, and never for read', () => {
    const author = customerOf({}, { delivered: { form: 'exact' }, read: { form: 'exact' } });
    expect(fateOf(author, operatorOf({}), 'delivered', 'customer')).to.equal('degrades as assumed');
    expect(fateOf(author, operatorOf({}), 'read', 'customer')).to.equal('unsaid');
    expect(fateOf(customerOf({}), operatorOf({}, { read: {} }), 'read', 'customer')).to.equal('lost');
    const watermark = customerOf({}, { read: { form: 'watermark' } });
    const exact = operatorOf({}, { read: { form: 'exact' } });
    expect(fateOf(watermark, exact, 'read', 'customer')).to.equal('degrades as watermark');
  });

  it('passes custom messages to who takes any, or the same names', () => {
    const from = customerOf({ custom: { names: ['a'] } });
    expect(fateOf(from, operatorOf({ custom: {} }), 'custom')).to.equal('crosses');
    expect(fateOf(from, operatorOf({ custom: { names: ['a', 'b'] } }), 'custom')).to.equal('crosses');
    expect(fateOf(from, operatorOf({ custom: { names: ['b'] } }), 'custom')).to.equal('lost');
    expect(fateOf(customerOf({ custom: {} }), operatorOf({ custom: { names: ['b'] } }), 'custom')).to.equal('lost');
  });

  it('tells the state of a chat by who has the word in it, and the other way round', () => {
    const [from, to] = [customerOf({}, { control: {} }), operatorOf({ lifecycle: {} })];
    expect(fateOf(from, to, 'lifecycle', 'customer')).to.equal('degrades as control');
    expect(fateOf(from, to, 'control')).to.equal('degrades as lifecycle');
    expect(fateOf(customerOf({}), to, 'lifecycle', 'customer')).to.equal('lost');
  });

  it('tells what each side can do with a chat', () => {
    const to = operatorOf({}, { close: {} });
    expect(fateOf(customerOf({ end: {} }), to, 'close', 'chat')).to.equal('crosses');
    expect(fateOf(customerOf({ end: {} }), to, 'end', 'chat')).to.equal('crosses');
    expect(fateOf(customerOf({}), to, 'reopen', 'chat')).to.equal('unsaid');
  });
});
