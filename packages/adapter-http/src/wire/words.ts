import Type, { type Static, type TObject, type TProperties, type TSchema } from 'typebox';

/** An object with these keys. Answers may gain keys within a major version: clients ignore those they do not know. */
export const open = <P extends TProperties>(properties: P, description?: string): TObject<P> =>
  Type.Object(properties, description === undefined ? {} : { description });

/** An object with these keys and no others: for what is asked of us, where a misspelt key must not pass in silence. */
export const closed = <P extends TProperties>(properties: P, description?: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });

export const orNull = <S extends TSchema>(schema: S, description: string) =>
  Type.Union([schema, Type.Null()], { description });

export const text = (description: string) => Type.String({ description });
export const flag = (description: string) => Type.Boolean({ description });
export const count = (description: string) => Type.Integer({ minimum: 0, description });

export const chatId = (description = 'A chat.') => Type.String({ description });
export const participantId = (description: string) => Type.String({ description });

/** ISO 8601 in UTC with milliseconds. */
export const time = (description: string) => Type.String({ format: 'date-time', description });

export const fields = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description });

/** Stands in documents for a schema that is written down once under its `$id`. */
export const ref = <S extends TSchema>(schema: S & { readonly $id?: string }) =>
  Type.Unsafe<Static<S>>({ $ref: `${schema.$id}#` });
