import { LIBTENSORFLOW_PROCESSORS } from './libtensorflow-release';
import type { LibtensorflowVariant } from './libtensorflow-release';
import { type Machine, thisMachine } from '@winnow/files/native';

/** Driver of CUDA 12.0, which programs of every later CUDA 12 run on. */
const NEEDED_DRIVER = '525.60.13';

export interface GpuReport {
  /** A driver or its library is here; the CUDA build is then the default of an installation. */
  readonly seen: boolean;
  /** Version of the driver, null where it cannot be told. */
  readonly driver: string | null;
  /** One line each, as nvidia-smi names them: `NVIDIA L4, 23034 MiB`. */
  readonly devices: readonly string[];
  /** What keeps the CUDA build from using a GPU, each with the remedy; empty where nothing is known to. */
  readonly missing: readonly string[];
}

/** The build to install where nobody says which. */
export function preferredVariant(machine: Machine): LibtensorflowVariant {
  return hasNvidiaDriver(machine) && LIBTENSORFLOW_PROCESSORS.cuda.includes(machine.arch) ? 'cuda' : 'cpu';
}

function hasNvidiaDriver({ nvidiaModule, libcuda }: Machine): boolean {
  return nvidiaModule !== null || libcuda !== null;
}

/** What the driver says of the GPU, by its files and by nvidia-smi. Loads no native code. */
export async function describeGpu(machine: Machine = thisMachine()): Promise<GpuReport> {
  if (!hasNvidiaDriver(machine)) {
    const missing = [
      'no NVIDIA driver is here (no /proc/driver/nvidia/version, no libcuda.so.1): install one if there is an NVIDIA GPU',
    ];
    return { seen: false, driver: null, devices: [], missing };
  }
  const query = ['--query-gpu=driver_version,name,memory.total', '--format=csv,noheader'];
  const answer = await machine.run('nvidia-smi', query);
  const rows = answer.ok ? answer.stdout.split('\n').filter((line) => line.includes(',')) : [];
  const driver = moduleVersion(machine.nvidiaModule) ?? rows[0]?.split(',')[0]?.trim() ?? null;
  const devices = rows.map((row) => row.slice(row.indexOf(',') + 1).trim());
  return { seen: true, driver, devices, missing: gpuObstacles(machine, driver, devices) };
}

/**
 * The reason, in a few words, why a CUDA build that is loaded found no GPU.
 * @param said what it wrote on stderr when it was loaded
 */
export function whyNoGpu(machine: Machine, said = ''): string {
  const [reason] = gpuObstacles(machine, moduleVersion(machine.nvidiaModule), ['not asked for']);
  if (!hasNvidiaDriver(machine)) return 'no NVIDIA driver is here';
  // glog's form: E0000 00:00:1700000000.123456  610 cuda_platform.cc:52] failed call to cuInit: ...
  const error = /^E\d{4} .*?\] (.*)$/m.exec(said)?.[1];
  return reason ?? error ?? '`nvidia-smi` and `winnow doctor` tell more';
}

function gpuObstacles(machine: Machine, driver: string | null, devices: readonly string[]): string[] {
  const found: string[] = [];
  if (machine.libcuda === null) {
    found.push(
      'a driver runs here, but libcuda.so.1 is not to be seen: in a container, start it with `--gpus all` (NVIDIA container toolkit)',
    );
  }
  if (driver !== null && isOlder(driver, NEEDED_DRIVER)) {
    found.push(`the driver ${driver} is older than ${NEEDED_DRIVER}, which CUDA 12 needs: install a newer one`);
  }
  if (devices.length === 0) found.push('`nvidia-smi` names no GPU: run it to see why');
  return found;
}

/** Of `NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.154.05  Thu ...` and of the open module's like. */
function moduleVersion(text: string | null): string | null {
  return /Kernel Module(?: for \S+)?\s+(\d+(?:\.\d+)+)/.exec(text ?? '')?.[1] ?? null;
}

function isOlder(version: string, needed: string): boolean {
  const [have, need] = [version, needed].map((text) => text.split('.').map(Number)) as [number[], number[]];
  const place = need.findIndex((part, index) => part !== (have[index] ?? 0));
  return place >= 0 && (have[place] ?? 0) < (need[place] as number);
}
