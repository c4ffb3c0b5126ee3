import Type, { type Static, type TSchema } from 'typebox';

/** What may be sent one way under one name. */
export interface Told {
  /** The name on the wire. */
  readonly name: string;
  readonly about: string;
  /** The frame, as its channel has it. */
  readonly payload: TSchema;
  /** What the one who asked is answered in place: arguments of a callback. */
  readonly answer?: TSchema;
}

export interface Channel {
  /** In names of operations. */
  readonly key: string;
  readonly address: string;
  readonly about: string;
  /** What stands in braces in the address. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the gateway takes. */
  readonly receives: readonly Told[];
  /** What the gateway tells. */
  readonly sends: readonly Told[];
}

/** One dialect, as its document describes it. */
export interface Described {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly protocol: string;
  readonly protocolVersion?: string;
  readonly pathname?: string;
  readonly channels: readonly Channel[];
}

/** True when two types hold the same values and name the same keys, whatever of it is readonly. */
export type Alike<A, B> = Same<Loose<A>, Loose<B>>;
type Same<A, B> = [[A] extends [B] ? 1 : 0, [B] extends [A] ? 1 : 0, Keys<A>, Keys<B>] extends [1, 1, Keys<B>, Keys<A>]
  ? true
  : false;
type Loose<T> = T extends readonly (infer Item)[]
  ? Loose<Item>[]
  : T extends object
    ? { -readonly [K in keyof T]: Loose<T[K]> }
    : T;
/** Of every branch of a union. */
type Keys<T> = T extends T ? [keyof T] : never;
/** Does not compile unless what is described is what the adapter's own types say. */
export type Holds<T extends true> = T;

/** The fields of a type, of every branch of a union. */
export type Of<S extends TSchema> = Static<S>;

export const text = (description: string) => Type.String({ description });
export const id = (description: string) => Type.Union([Type.String(), Type.Number()], { description });
export const flag = (description: string) => Type.Boolean({ description });
export const whole = (description: string) => Type.Integer({ description });
export const time = (description: string) =>
  Type.String({ description: `${description} ISO 8601 with milliseconds, UTC.`, format: 'date-time' });
export const anything = (description: string) => Type.Unknown({ description });
export const fields = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });
export const orNull = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });

/** An event of Socket.IO: its name, then its arguments. Clients may leave out the last ones, and send more than is read. */
export function call(name: string, needed: readonly TSchema[], more: readonly TSchema[] = []): TSchema {
  const items = [Type.Literal(name), ...needed, ...more];
  return Type.Unsafe<readonly unknown[]>({ type: 'array', items, minItems: 1 + needed.length });
}

/** The same as the gateway sends it: all of them and no others. */
export function event(name: string, args: readonly TSchema[]): TSchema {
  return list([Type.Literal(name), ...args]);
}

export function list(items: readonly TSchema[]): TSchema {
  const { length } = items;
  return Type.Unsafe<readonly unknown[]>({
    ...{ type: 'array', items: [...items], minItems: length, maxItems: length },
  });
}
