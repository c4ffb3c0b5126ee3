/**
 * The development profile with the backend's bot as the one that greets.
 *
 *     node build/examples/new-backend/gateway.js [port] [folder]
 */
import { createGateway, devConfig, devEnvironment, verifyDev } from '@dragoman/gateway';

const [, , port = '4000', folder = './data'] = process.argv;
const environment = { ...process.env, ...devEnvironment };
const config = devConfig(Number(port), folder, environment);
const workspaces = config.workspaces.map((one) => ({ ...one, bot: { space: 'http', externalId: 'helper' } }));
const gateway = createGateway({ ...config, workspaces }, { environment, verify: verifyDev });
await gateway.start();
console.log(`serves on ${gateway.url()}`);
process.once('SIGTERM', () => void gateway.stop());
