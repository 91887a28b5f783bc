import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { MARKER_NAME } from '@winnow/files/native';
import type { Machine } from '@winnow/files/native';

import { bindingSources } from './binding-sources';
import { NVIDIA_WHEELS } from './nvidia-wheels';
import type { Wheel } from './nvidia-wheels';

/** The builds of libtensorflow that winnow can use, the faster first. */
export const LIBTENSORFLOW_VARIANTS = ['cuda', 'cpu'] as const;
export type LibtensorflowVariant = (typeof LIBTENSORFLOW_VARIANTS)[number];

/** Processors that each is fetched for, as Node calls them. */
export const LIBTENSORFLOW_PROCESSORS: Readonly<Record<LibtensorflowVariant, readonly string[]>> = {
  cuda: ['x64'],
  cpu: ['x64', 'arm64'],
};

export interface LibtensorflowRelease {
  readonly variant: LibtensorflowVariant;
  readonly version: string;
  /** TensorFlow's own wheel comes first. */
  readonly wheels: readonly [Wheel, ...Wheel[]];
  /** Folder of TensorFlow's libraries inside that of the release: those of CUDA look for `../nvidia`. */
  readonly home: string;
  /** Symbolic links, by their place in the folder, to what libraries would look for in vain where the wheels put it. */
  readonly links: Readonly<Record<string, string>>;
  /** The most that the disk holds on the way, a wheel beside what is unpacked already. */
  readonly neededBytes: number;
}

/** Of every TensorFlow wheel: the libraries, and what the binding is compiled against. */
export const LIBRARIES = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'] as const;
const HEADERS = [
  'tensorflow/c/',
  'tensorflow/core/common_runtime/next_pluggable_device/c/',
  'tensorflow/core/platform/',
  'tsl/platform/',
  'xla/tsl/c/',
  'LICENSE',
];
const TENSORFLOW_MEMBERS = [
  ...LIBRARIES.map((name) => `tensorflow/${name}`),
  ...HEADERS.map((name) => `tensorflow/include/${name}`),
];

const VERSION = '2.21.0';

/** On x86-64. PyPI's wheels carry TensorFlow's C interface; the CUDA build takes the libraries that its `and-cuda` extra names. */
export const LIBTENSORFLOW_RELEASES: Readonly<Record<LibtensorflowVariant, LibtensorflowRelease>> = {
  cpu: {
    variant: 'cpu',
    version: VERSION,
    wheels: [
      {
        package: 'tensorflow-cpu',
        version: VERSION,
        sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
        sizeBytes: 273_829_956,
        members: TENSORFLOW_MEMBERS,
      },
    ],
    home: '',
    links: {},
    neededBytes: 1_500_000_000,
  },
  cuda: {
    variant: 'cuda',
    version: VERSION,
    wheels: [
      {
        package: 'tensorflow',
        version: VERSION,
        sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
        sizeBytes: 572_440_367,
        members: TENSORFLOW_MEMBERS,
      },
      ...NVIDIA_WHEELS,
    ],
    home: 'tensorflow',
    links: {
      // The library that opens it looks beside all the others of CUDA, but not there.
      'nvidia/cusparse/lib/libcusolver.so.11': '../../cusolver/lib/libcusolver.so.11',
      // cuDNN's name of the folder, for kernels that it compiles when they are needed.
      'nvidia/nvrtc': 'cuda_nvrtc',
    },
    neededBytes: 6_000_000_000,
  },
};

const ARM64_RELEASES: typeof LIBTENSORFLOW_RELEASES = {
  ...LIBTENSORFLOW_RELEASES,
  cpu: {
    ...LIBTENSORFLOW_RELEASES.cpu,
    wheels: [
      {
        package: 'tensorflow',
        version: VERSION,
        sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
        sizeBytes: 281_828_020,
        members: TENSORFLOW_MEMBERS,
      },
    ],
  },
};

/** The builds for a machine; whether it can have them, `libtensorflowObstacles` says. */
export function libtensorflowReleases({ arch }: Pick<Machine, 'arch'>): typeof LIBTENSORFLOW_RELEASES {
  return arch === 'arm64' ? ARM64_RELEASES : LIBTENSORFLOW_RELEASES;
}

export function downloadBytes(release: LibtensorflowRelease): number {
  return release.wheels.reduce((sum, wheel) => sum + wheel.sizeBytes, 0);
}

/** Folder of one build, named after version and variant. */
export function libtensorflowDir(cacheDir: string, variant: LibtensorflowVariant = 'cpu'): string {
  return join(cacheDir, 'libtensorflow', `${VERSION}-${variant}`);
}

/** The compiled N-API binding, which lies beside TensorFlow's libraries; named after what it was compiled from. */
export function bindingName(): string {
  return `tfjs_binding-${bindingSources().digest}.node`;
}

/** Keeps stderr from the terminal while libtensorflow is loaded; beside the binding. */
export const CAPTURE_NAME = 'capture_stderr.node';

export function bindingPath(cacheDir: string, variant: LibtensorflowVariant = 'cpu'): string {
  return join(libtensorflowDir(cacheDir, variant), LIBTENSORFLOW_RELEASES[variant].home, bindingName());
}

export function markerPath(cacheDir: string, variant: LibtensorflowVariant = 'cpu'): string {
  return join(libtensorflowDir(cacheDir, variant), MARKER_NAME);
}

/** The builds in the cache, the faster first. */
export function installedVariants(cacheDir: string): readonly LibtensorflowVariant[] {
  return LIBTENSORFLOW_VARIANTS.filter((variant) => existsSync(markerPath(cacheDir, variant)));
}
