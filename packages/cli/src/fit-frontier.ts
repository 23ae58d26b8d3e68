/** What `fit` needs for a frontier alone. */
export { loadFrontierKernels } from '@gravpanel/core-wasm/frontier';
export { efficienciesCsv } from '@gravpanel/panel';
