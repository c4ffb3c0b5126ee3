import { defaultLimits, type CoreLimits } from '@dragoman/core';
import type { Config } from './config/schema.js';

/** The bounds of the core that a config says; where it says nothing, their defaults. */
export function coreLimits(config: Config): CoreLimits {
  const { customer, operator, ...limits } = config.limits ?? {};
  const rates = {
    customer: customer ?? defaultLimits.rates.customer,
    operator: operator ?? defaultLimits.rates.operator,
  };
  return { ...defaultLimits, ...limits, rates };
}
