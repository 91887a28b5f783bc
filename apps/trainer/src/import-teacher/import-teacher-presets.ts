import type { SquarePolicy } from '../data/square-as-learnt';
import type { ImportJob, PresetName, TeacherFlags } from './import-teacher-job';

/** How images are prepared for networks of one origin. */
interface Preset {
  readonly range: readonly [number, number];
  readonly mean: readonly number[];
  readonly std: readonly number[];
  readonly resize: SquarePolicy;
}

/**
 * The usual ways: ImageNet's mean and standard deviation (torchvision, most of timm), a half (timm's Inception-style models and
 * ViTs: their config says mean 0.5), -1 to 1 and stretched (keras.applications in mode "tf", such as MobileNet), and CLIP's.
 */
const PRESETS = {
  imagenet: { range: [0, 1], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], resize: 'cover' },
  timm: { range: [0, 1], mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], resize: 'cover' },
  keras: { range: [-1, 1], mean: [0, 0, 0], std: [1, 1, 1], resize: 'squash' },
  clip: {
    range: [0, 1],
    mean: [0.48145466, 0.4578275, 0.40821073],
    std: [0.26862954, 0.26130258, 0.27577711],
    resize: 'cover',
  },
} as const satisfies Record<PresetName, Preset>;

export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[];

/**
 * The job with a preset's values where no flag says otherwise; what a file says of itself gives way to both.
 * @returns also a note of what was taken, null where nothing was
 */
export function withPreset(job: ImportJob, name: PresetName | undefined): { job: ImportJob; note: string | null } {
  if (name === undefined) return { job, note: null };
  const { resize, ...values } = PRESETS[name];
  const taken = Object.entries(values).filter(([key]) => job.flags[key as keyof TeacherFlags] === undefined);
  const shown = taken.map(([key, numbers]) => `${key} ${numbers.join(',')}`);
  if (job.resize === undefined) shown.push(`resize ${resize}`);
  return {
    job: {
      ...job,
      resize: job.resize ?? resize,
      flags: { ...job.flags, ...(Object.fromEntries(taken) as Partial<TeacherFlags>) },
    },
    note: shown.length === 0 ? null : `Taken from --preset ${name}: ${shown.join('; ')}.`,
  };
}
