/** What one side of a dialect can say or hear: names of domain capabilities with their limits. Absent: cannot. */
export interface Speech {
  readonly says: CapabilityMap;
  readonly hears: CapabilityMap;
}

export const capabilityNames = [
  'text',
  'image',
  'typing',
  'typing-preview',
  'delivered',
  'read',
  'queue-position',
  'notice',
  'lifecycle',
  'control',
  'presence',
  'custom',
  'transfer',
  'hand-over',
  'claim',
  'close',
  'reopen',
  'history',
  'end',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];

/** Limits of one capability, in the terms of that capability: `maxUnits` for text, `maxBytes` for images … */
export interface CapabilityLimits {
  /** text: UTF-16 units. */
  readonly maxUnits?: number;
  /** text: a message is one line, so each line of a longer one is a message of its own. Default false. */
  readonly isOneLine?: boolean;
  /** image: decoded bytes. */
  readonly maxBytes?: number;
  /** image: media types. */
  readonly mimes?: readonly string[];
  /** image: whether a caption travels with it. */
  readonly hasCaption?: boolean;
  /** delivered, read: each message by itself, or everything up to a point. */
  readonly form?: 'exact' | 'watermark';
  /** history: how many messages are handed over unasked; absent: on request. */
  readonly pushed?: number;
  /** custom: which names. */
  readonly names?: readonly string[];
}

export type CapabilityMap = Readonly<Partial<Record<CapabilityName, CapabilityLimits>>>;

export interface Capabilities {
  readonly customer?: Speech;
  readonly operator?: Speech;
}
