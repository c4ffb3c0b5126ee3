export { inspector, type Inspector, type InspectorGateway, type InspectorOptions } from './inspector.js';
