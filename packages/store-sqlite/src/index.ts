export type { SqliteStoreOptions } from './sqlite-store.js';
export { createSqliteStore } from './sqlite-store.js';
export type { BackupOptions } from './backup.js';
export { backupSqliteStore, storeFiles } from './backup.js';
