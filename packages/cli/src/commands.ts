/** Every command of the interface: what it does, or that this version does not have it. */
export const commands: Record<string, string> = {
  run: 'estimate a whole study: report.html, tables, figures, manifest',
  fit: 'estimate one formula and print its regression table',
  check: 'check a study and its data without estimating',
  boot: 'resample a run: intervals from many replicates, here or on a cluster',
};

export const laterCommands = [
  'describe',
  'plot',
  'table',
  'test',
  'multiverse',
  'audit',
  'replicate',
  'verify',
  'export',
  'patents',
  'init',
  'schema',
  'doctor',
  'completion',
  'serve',
];
