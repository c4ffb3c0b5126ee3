/** A gateway of the table in a process of its own; tells its address on standard output. */
import { devConfig } from '@dragoman/gateway';
import type { GatewayOrder } from './gateway-child.js';
import { configFor, environmentOf, gatewayOf } from './stage.js';

const { port, folder, broker, mark, desk } = JSON.parse(process.argv[2] ?? '') as GatewayOrder;
const environment = environmentOf(broker);
const gateway = gatewayOf(configFor(devConfig(port, folder, environment), mark, desk), environment);
await gateway.start();
console.log(gateway.url());
// It ends with who started it, however that ends.
process.stdin.once('end', () => process.exit()).resume();
