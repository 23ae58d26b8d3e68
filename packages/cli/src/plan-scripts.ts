/** Scripts that a plan brings along: a Slurm job array with a merge after it, and GNU parallel over hosts. */

const HEAD = `#!/usr/bin/env bash
# Written by gravpanel. GRAVPANEL is the command on the machines that work (default: gravpanel).
set -euo pipefail
`;

/** slurm.sh submits shard.sbatch as an array, and merge.sbatch after it. */
export const slurmScripts = (shards: number, command: 'boot' | 'multiverse' = 'boot'): Record<string, string> => ({
  'slurm.sh': `${HEAD}# bash slurm.sh [options of sbatch, e.g. --partition=short]
cd "$(dirname "$0")"
mkdir -p logs shards
array="$(sbatch --parsable "$@" shard.sbatch)"
echo "array $array: ${shards} shards"
merge="$(sbatch --parsable "$@" --dependency="afterok:\${array%%;*}" merge.sbatch)"
echo "merge $merge: ${command}.json, after all shards"
`,
  'shard.sbatch': `#!/usr/bin/env bash
#SBATCH --job-name=gravpanel-${command}
#SBATCH --array=1-${shards}
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=logs/shard-%a.log
# A task that was killed or requeued goes on from its checkpoint; a shard that is there is left alone.
set -euo pipefail
\${GRAVPANEL:-gravpanel} ${command} run-shard "$SLURM_ARRAY_TASK_ID" . --threads "\${SLURM_CPUS_PER_TASK:-1}"
`,
  'merge.sbatch': `#!/usr/bin/env bash
#SBATCH --job-name=gravpanel-merge
#SBATCH --output=logs/merge.log
set -euo pipefail
\${GRAVPANEL:-gravpanel} ${command} merge . --force -o ${command}.json
`,
});

/** Over the hosts in ./hosts (one a line, as parallel's --sshloginfile takes them), or on this machine without it. */
export const parallelScript = (
  shards: number,
  command: 'boot' | 'multiverse' = 'boot',
): string => `${HEAD}# bash parallel.sh [options of parallel]. The folder must be the same path on every host.
cd "$(dirname "$0")"
mkdir -p shards
hosts=()
if [ -f hosts ]; then hosts=(--sshloginfile hosts); fi
seq 1 ${shards} | parallel --resume --resume-failed --joblog parallel.log "\${hosts[@]}" --workdir "$PWD" "$@" \\
  "\${GRAVPANEL:-gravpanel}" ${command} run-shard {} . --threads 1 --quiet
\${GRAVPANEL:-gravpanel} ${command} merge . --force -o ${command}.json
echo ${command}.json
`;
