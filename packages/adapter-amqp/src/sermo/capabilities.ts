import type { Capabilities } from '@dragoman/core';
import { frameLimits } from './frames.js';
import { pictureLimits } from './images.js';

const text = { maxUnits: frameLimits.textUnits } as const;
const image = {
  maxBytes: pictureLimits.bytes,
  mimes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  hasCaption: true,
} as const;

/** [SERMO Inbound] [SERMO Outbound] */
export const sermoCapabilities: Capabilities = {
  customer: {
    says: { text, image, 'typing-preview': {}, read: { form: 'watermark' }, end: {} },
    hears: { text, image, typing: {}, 'queue-position': {}, notice: {}, control: {} },
  },
  operator: {
    says: { text, image, typing: {}, 'queue-position': {}, notice: {}, 'hand-over': {}, close: {} },
    hears: { text, image, 'typing-preview': {}, read: { form: 'watermark' }, presence: {} },
  },
};
