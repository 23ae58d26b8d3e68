import type { GeneratedPanel } from './panels.mjs';

export const MODELS: readonly string[];
export const NAMED: readonly string[];
export const CERTIFIED: number;
export function specOf(
  panel: GeneratedPanel,
  model: string,
): { id: string; model: never; formula: string; vcov: { type: 'iid' }; offset?: string };
export function judge(result: object): {
  kind: 'ok' | 'boundary' | 'error';
  code?: string;
  defect?: string;
  scaledGradient?: number;
};
