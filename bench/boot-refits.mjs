/**
 * node bench/boot-refits.mjs STUDY MODEL COLUMN COUNT [--seed N]: the refits of `gravpanel boot STUDY` alone, on one thread, code warm:
 * one line {"wall": s, "cpu": s}. The study's data are one CSV file beside it, without joins.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadKernels } from '../packages/core-wasm/dist/index.js';
import * as panel from '../packages/panel/dist/index.js';

const [file, model, column, count] = process.argv.slice(2);
const kernels = await loadKernels();
const { study, source } = panel.readStudy(readFileSync(file, 'utf8'), { file });
const csv = readFileSync(join(dirname(file), study.data.path));
const table = panel.setPanel(
  panel.readTable(csv, { name: study.data.path }),
  [study.data.unit].flat(),
  study.data.time,
);
const frame = panel.deriveStudy(study, table, source);
const { spec } = panel.planStudy(study, source).models.find(({ id }) => id === model);
const vcov = { type: 'bootstrap', reps: Number(count), seed: 1 };
const design = panel.designsOf(study, frame, { ...spec, vcov }, kernels, source)[Number(column) - 1];
const job = panel.openJob(panel.startFit(design, kernels).runs.main, kernels);
job.run(0, Math.min(200, Number(count)));
const [start, before] = [performance.now(), process.cpuUsage()];
job.run(0, Number(count));
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }));
