/** DuckDB, an optional dependency: loaded only here, and only by `gravpanel patents`. */

import { totalmem } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { PanelError } from '@gravpanel/panel';

const WANTED = '@duckdb/node-api@1.5.6-r.1';

export type Value = string | number | null;
export interface Database {
  version: string;
  run(sql: string): Promise<void>;
  /**
   * As run, with joins as they are written: the right side is held, the left one streamed past it. DuckDB does not know how many rows a text file
   * has, guesses too few, and would hold the file.
   */
  stream(sql: string): Promise<void>;
  /** Rows of a small result, values as text or numbers. */
  rows<T extends Record<string, Value>>(sql: string): Promise<T[]>;
  close(): void;
}

/** Megabytes that DuckDB may hold before it spills to disk: 2.5 GB, less on a small machine. */
const memoryMegabytes = () => Math.round(Math.min(2500, (totalmem() / 1e6) * 0.5));

function load(): typeof import('@duckdb/node-api') {
  try {
    return require('@duckdb/node-api') as typeof import('@duckdb/node-api');
  } catch (error) {
    throw new PanelError(
      {
        code: 'usage/needs-duckdb',
        message:
          'gravpanel patents reads the tables with DuckDB, and @duckdb/node-api is not installed (or not for this machine).',
        hint: `Install it beside gravpanel: npm install ${WANTED}`,
        details: { cause: String((error as Error).message).split('\n')[0] },
      },
      { cause: error },
    );
  }
}

/** 'it''s' */
export const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function rowsOf(connection: DuckDBConnection, sql: string) {
  const reader = await connection.runAndReadAll(sql);
  return reader
    .getRowObjects()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([key, value]) => [
          key,
          typeof value === 'bigint'
            ? Number(value)
            : value === null || typeof value === 'number'
              ? value
              : String(value),
        ]),
      ),
    );
}

/** A database in memory that spills into `folder`. @throws PanelError usage/needs-duckdb. */
export async function openDatabase(folder: string, threads: number): Promise<Database> {
  const duckdb = load();
  const instance = await duckdb.DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: `${memoryMegabytes()}MB`,
    temp_directory: folder,
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  return {
    version: duckdb.version(),
    run: async (sql) => {
      await connection.run(sql);
    },
    stream: async (sql) => {
      await connection.run("SET disabled_optimizers = 'join_order,build_side_probe_side'");
      try {
        await connection.run(sql);
      } finally {
        await connection.run('RESET disabled_optimizers');
      }
    },
    rows: async <T>(sql: string) => (await rowsOf(connection, sql)) as T[],
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
