import { expect } from 'chai';
import { oneConversation } from '../../examples/clustaar/clustaar.js';

describe('the example of Clustaar', () => {
  it('has an operator take control from the bot, and give it back', async () => {
    const lines: string[] = [];
    await oneConversation((line) => lines.push(line));
    expect(lines).to.deep.equal([
      'page: I say Where is my invoice?',
      'page: the bot says Robo here. Shall I call a person?',
      'page: a person has the word',
      'operator: has read "Where is my invoice?", "Robo here. Shall I call a person?"',
      'page: a person says Olga here. It is paid.',
      'page: the bot has the word',
      'page: I say Thank you',
      'page: the bot says Robo here. Shall I call a person?',
    ]);
  });
});
