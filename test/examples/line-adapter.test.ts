import { adapterContract } from '@dragoman/core/testing';
import { lineSubject } from './line-subject.js';

adapterContract({ describe, it }, lineSubject);
