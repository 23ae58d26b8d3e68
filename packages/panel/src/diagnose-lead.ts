/** The diagnostics of a report: those of its main column. */
import type { Kernels } from '@gravpanel/core-wasm';
import { type Diagnostics, diagnose } from './diagnostics.ts';
import { PanelError } from './errors.ts';
import type { StudyPlan } from './plan.ts';
import { leadFit } from './report-opening.ts';
import type { Design, Failure, FitResult, Frame } from './types.ts';

/**
 * Of the fullest column of the main table, from the design it was fitted on. Undefined where no column was estimated, and where the
 * second search for the scores fails (the fit itself stands).
 */
export function diagnoseLead(
  plan: StudyPlan,
  fits: Record<string, FitResult[]>,
  designs: Record<string, (Design | Failure)[]>,
  frame: Frame,
  kernels: Kernels,
): Diagnostics | undefined {
  const lead = leadFit(plan, fits);
  const design = lead && designs[lead.model]?.[lead.index];
  if (!design || 'failed' in design) return undefined;
  try {
    return diagnose(design, lead.fit, kernels, frame.panel?.timeOf);
  } catch (error) {
    if (error instanceof PanelError) return undefined;
    throw error;
  }
}
