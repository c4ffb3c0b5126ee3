import Database from 'libsql';

/** What SQLite takes and gives here. Texts hold neither NUL nor lone surrogates: see `toText`. */
export type SqlValue = string | number | null;

export interface Statement {
  /** Resolves with the number of rows it changed. */
  run(...values: readonly SqlValue[]): number;
  /** Rows as lists of their columns' values. */
  all(...values: readonly SqlValue[]): readonly (readonly SqlValue[])[];
}

/**
 * All that the store asks of a SQLite library, synchronous. Every method may throw an error with SQLite's own code name
 * (`SQLITE_BUSY`, `SQLITE_FULL` …) as `code`.
 */
export interface Driver {
  prepare(sql: string): Statement;
  exec(sql: string): void;
  /** The first value of the answer, null when there is none. */
  pragma(source: string): SqlValue;
  close(): void;
}

/** Opens a database file, making it if need be. A driver module exports one as `openDriver`. */
export type OpenDriver = (file: string, options: unknown) => Driver;

/** The libsql library. */
export const openDriver: OpenDriver = (file) => {
  const database = new Database(file);
  const prepare = (sql: string): Statement => {
    const statement = database.prepare(sql);
    if (statement.reader) statement.raw(true);
    return {
      run: (...values) => statement.run(values).changes,
      all: (...values) => statement.all(values).filter(isRow),
    };
  };
  return {
    prepare,
    exec: (sql) => void database.exec(sql),
    pragma: (source) => prepare(`PRAGMA ${source}`).all()[0]?.[0] ?? null,
    close: () => void database.close(),
  };
};

function isRow(row: unknown): row is readonly SqlValue[] {
  return Array.isArray(row);
}
