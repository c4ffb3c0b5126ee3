import Type, { type TObject, type TProperties } from 'typebox';

/** An object with these keys and no others. */
export const closed = <P extends TProperties>(properties: P, description?: string): TObject<P> =>
  Type.Object(properties, { additionalProperties: false, ...(description !== undefined && { description }) });

export const name = (description: string) => Type.String({ pattern: '^[a-z0-9-]{1,40}$', description });
export const urlPath = (description: string) =>
  Type.String({ pattern: '^/[^?#\\s]*$', examples: ['/chat'], description });
export const text = (description: string) => Type.String({ minLength: 1, description });
export const count = (description: string) => Type.Integer({ minimum: 1, description });
export const ms = (description: string) => Type.Integer({ minimum: 0, description: `${description} In milliseconds.` });
