declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';
  /** A worker or a parent port of node:worker_threads as comlink's endpoint. */
  export default function nodeEndpoint(port: unknown): Endpoint;
}
