import { adapterContract } from '@dragoman/core/testing';
import { describeWith } from '../programs.js';
import { theBroker } from './broker.js';
import { sermoSubject } from './sermo-subject.js';

describeWith('rabbitmq', 'Sermo', function () {
  this.timeout(120_000);
  before(theBroker);

  adapterContract({ describe, it }, sermoSubject);
});
