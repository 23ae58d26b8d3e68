export interface Draws {
  uniform(): number;
  normal(): number;
  logUniform(low: number, high: number): number;
  whole(low: number, high: number): number;
  gamma(shape: number): number;
  poisson(mu: number): number;
}
export function drawsOf(seed: number): Draws;

export interface GeneratedPanel {
  number: number;
  noise: string;
  defect: string;
  mean: number;
  units: number;
  unitOf: Int32Array;
  periodOf: Int32Array;
  y: Float64Array;
  columns: Float64Array[];
  offset?: Float64Array;
  names: string[];
}
export function panelOf(seed: number, number: number, limits?: { units?: number; periods?: number }): GeneratedPanel;
export function panelCsv(panel: GeneratedPanel): string;
