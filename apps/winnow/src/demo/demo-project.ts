import path from 'node:path';
import { stringify } from 'yaml';
import type { DemoTruth } from './demo-listing';

export interface DemoProjectOptions {
  readonly truth: DemoTruth;
  /** examples/demo */
  readonly imagesDir: string;
  /** Where the project file will be. */
  readonly folder: string;
  readonly resolve: Readonly<Record<string, string>>;
  readonly engine: string;
  readonly perClass: number;
}

/** The demo's project file. */
export function demoProjectText({ truth, imagesDir, folder, resolve, engine, perClass }: DemoProjectOptions): string {
  const relative = (name: string): string => path.relative(folder, path.join(imagesDir, name));
  const project = {
    name: 'demo',
    classes: truth.classes.map((name) => ({ name, queries: [name] })),
    harvest: { engines: truth.engines, perClass, delayMillis: 0, perHost: 8, concurrency: 32, resolve },
    build: { size: 32 },
    teacher: { weights: relative('teacher/teacher.safetensors') },
    student: { model: 'resnet8' },
    evaluate: { test: relative('test.tar'), truth: 'truth.csv' },
    engine,
  };
  return `# Written by \`winnow demo\`, anew at every start: the port of its web changes.\n${stringify(project)}`;
}
