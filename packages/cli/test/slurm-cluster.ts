/** A Slurm cluster of this machine alone, in a folder of its own, without systemd: munged, slurmctld, slurmd. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const SBIN = ['/usr/sbin', '/usr/local/sbin', '/sbin'];
const binary = (name: string) => SBIN.map((dir) => join(dir, name)).find(existsSync);

/** What is not there of the programs that a cluster needs. */
export const missingParts = (): string[] => [
  ...['munged', 'slurmctld', 'slurmd'].filter((name) => !binary(name)),
  ...['sbatch', 'squeue', 'scontrol'].filter((name) => !existsSync(join('/usr/bin', name))),
];

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const conf = (dir: string, ports: number[]) => `ClusterName=test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
AuthType=auth/munge
AuthInfo=socket=${dir}/munge.socket
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
StateSaveLocation=${dir}/state
SlurmdSpoolDir=${dir}/spool
SlurmctldPidFile=${dir}/slurmctld.pid
SlurmdPidFile=${dir}/slurmd.pid
SlurmctldLogFile=${dir}/slurmctld.log
SlurmdLogFile=${dir}/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
MailProg=/bin/true
KillWait=2
NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function until<T>(what: string, seconds: number, look: () => T | undefined | false): Promise<T> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await wait(100)) {
    const found = look();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** Starts the three daemons; `stop` ends them and removes their folder. */
export async function startCluster() {
  const dir = mkdtempSync(join(tmpdir(), 'gravpanel-slurm-'));
  for (const name of ['state', 'spool']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'munge.key'), randomBytes(1024), { mode: 0o600 });
  writeFileSync(join(dir, 'slurm.conf'), conf(dir, [await freePort(), await freePort()]));
  const env: NodeJS.ProcessEnv = { ...process.env, SLURM_CONF: join(dir, 'slurm.conf') };
  const daemons = [
    [
      'munged',
      '--foreground',
      '--force',
      `--key-file=${dir}/munge.key`,
      `--socket=${dir}/munge.socket`,
      `--pid-file=${dir}/munged.pid`,
      `--log-file=${dir}/munged.log`,
      `--seed-file=${dir}/munged.seed`,
    ],
    ['slurmctld', '-D', '-f', `${dir}/slurm.conf`],
    ['slurmd', '-D', '-f', `${dir}/slurm.conf`, '-N', hostname()],
  ];
  const started: ReturnType<typeof spawn>[] = [];
  const stop = async () => {
    for (const child of started.reverse()) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode !== null || !child.kill('SIGTERM')) continue;
      await Promise.race([gone, wait(5000).then(() => child.kill('SIGKILL'))]);
    }
    rmSync(dir, { recursive: true, force: true });
  };
  const run = (command: string, args: string[], cwd = dir) =>
    spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 30_000 });
  try {
    for (const [name, ...args] of daemons) {
      started.push(spawn(binary(name)!, args, { env, stdio: 'ignore' }));
      if (name === 'munged') await until('munged', 20, () => existsSync(join(dir, 'munge.socket')));
    }
    await until('an idle node', 60, () => /\bidle\b/.test(run('sinfo', ['--noheader', '--format=%T']).stdout));
  } catch (error) {
    const logs = ['munged', 'slurmctld', 'slurmd'].map((name) => {
      const file = join(dir, `${name}.log`);
      return `${name}: ${existsSync(file) ? readFileSync(file, 'utf8').slice(-1500) : 'no log'}`;
    });
    await stop();
    throw new Error(`${(error as Error).message}\n${logs.join('\n')}`);
  }
  return { run, env, stop };
}
