/** Every command of the interface: what it does, or that this version does not have it. */
export const commands: Record<string, string> = {
  run: 'estimate a whole study: report.html, tables, figures, manifest',
  fit: 'estimate one formula and print its regression table',
  test: 'specification tests of a run or a study: Hausman, overdispersion, RESET, …',
  check: 'check a study and its data without estimating',
  boot: 'resample a run: intervals from many replicates, here or on a cluster',
  patents: 'bulk patent tables to co-patent records and panel (patents build)',
  init: 'write a first study file for a table',
  schema: 'print the JSON Schema of a study file',
  doctor: 'tell what this machine has, and check the core on it',
  completion: 'print a completion script for bash, zsh or fish',
  describe: 'the descriptive parts of a study, without estimating',
  table: 'one table of a finished run as text, Markdown, LaTeX, Word, Typst, HTML, CSV or JSON',
  plot: 'one figure of a finished run as SVG or PNG',
  audit: 'check printed tables against themselves',
  replicate: 'compare recomputed numbers with those that a study expects',
  export: 'write the models of a run as Stata, R and Python scripts',
  verify: 'compute a finished run again and compare its tables to the byte',
  serve: 'the web app on this machine',
};

export const laterCommands = ['multiverse'];
