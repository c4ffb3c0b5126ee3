/** A gateway of the table in a process of its own; tells its address on standard output. */
import { devConfig } from '@dragoman/gateway';
import { dialects } from '../people/index.js';
import type { GatewayOrder, Served } from './gateway-child.js';
import { configFor, environmentOf, gatewayOf, guestsOf } from './stage.js';

const { port, folder, broker, mark, desk, ...order } = JSON.parse(process.argv[2] ?? '') as GatewayOrder;
const environment = environmentOf(broker);
const guests = guestsOf(
  dialects.filter(({ name }) => order.dialects.includes(name)),
  order.ports,
);
const gateway = gatewayOf(configFor(devConfig(port, folder, environment), mark, desk), environment, guests);
await gateway.start();
const served: Served = { url: gateway.url() ?? '', ports: guests.ports() };
console.log(JSON.stringify(served));
// It ends with who started it, however that ends.
process.stdin.once('end', () => process.exit()).resume();
