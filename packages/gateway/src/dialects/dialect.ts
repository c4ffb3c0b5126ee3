import type { Adapter, Capabilities } from '@dragoman/core';
import type { Static, TObject } from 'typebox';
import type { Surroundings } from '../config/crosschecks.js';
import type { Problem } from '../config/problems.js';
import type { Config } from '../config/schema.js';
import type { Environment } from '../config/secrets.js';
import type { SecretConfig } from '../config/auth.js';
import type { Hello } from '../probe/hello.js';
import type { Leg } from '../probe/legs.js';
import type { Sides } from '../probe/participant.js';
import type { Materials } from './materials.js';

/** A path that an adapter will claim on its listener. */
export interface PathClaim {
  readonly path: string;
  /** What it speaks there, where the path may be shared with others that speak something else. Absent: all of it. */
  readonly part?: string;
}

/** A dialect in the development profile. */
export interface DevDialect<C> {
  /** Undefined where the environment lacks what it needs. */
  config(environment: Environment): C | undefined;
  /** What it asks of the workspace. Default: nothing. */
  readonly workspace?: Partial<Config['workspaces'][number]>;
  /** What to paste, in a clone of the repository, to be each of its sides. */
  lines(url: string): string;
}

/** What a copy has that nobody but the probe knows. */
export interface ProbesOwn {
  readonly path: string;
  /** Lets the probe in. */
  readonly key: string;
  /** Where the key stands, for configs that name a place for it. */
  readonly secret: SecretConfig;
}

/** How it is known whether words pass through a dialect. */
export interface ProbedDialect<C> {
  readonly sides: Sides;
  /** The same once more in the workspace of the probe, below a path of its own, letting in whom the verifier knows. */
  copy(config: C, own: ProbesOwn): C;
  /** Whether operators prove themselves with the key in place of a token. Default false. */
  readonly takesSecret?: boolean;
  hello(config: C): Hello;
}

/** All that the gateway knows of one dialect. */
export interface Dialect<C> {
  /** As people call it. */
  readonly title: string;
  /** What its customers and operators can say and hear. */
  readonly capabilities: Capabilities;
  /** The paths that follow from its part of a config; none for those that are not reached over http. */
  paths(config: C): readonly PathClaim[];
  /** What is wrong beyond the shape: secrets, and keys that contradict each other. */
  problems(config: C, at: string, around: Surroundings): readonly Problem[];
  adapter(config: C, materials: Materials): Adapter;
  readonly dev: DevDialect<C>;
  /** For those that are reached over our listener. Absent, without a leg: it is only asked how it fares. */
  readonly probe?: ProbedDialect<C>;
  /** For those that are reached another way. */
  leg?(config: C, materials: Materials): Omit<Leg, 'name'>;
}

/** The dialect of the configs with this schema. */
export type DialectOf<Schema extends TObject> = Dialect<Static<Schema>>;

/** The words that load a client where a pasted line runs. */
export const load = (client: string): string => `require('${client}')`;
