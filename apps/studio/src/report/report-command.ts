import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { WinnowError } from '@winnow/contracts';
import type { CommandInput, CommandIo, CommandResult, CommandSpec } from '@winnow/contracts';

import { fileError, writeFileAtomic } from '@winnow/files';
import { renderReport } from './render-report';
import type { ReportData } from './report-data';

/** Gathers what the report shows. @param project absolute path of the project file @param build see `--build` */
export type CollectReport = (project: string, io: CommandIo, build?: string) => Promise<ReportData>;

/** The commands of the studio, over a way to load data. */
export function createCommands(collectReport: CollectReport): readonly CommandSpec[] {
  return [
    {
      name: 'report',
      summary: 'Write one HTML page about data set, split and runs',
      arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
      options: [
        {
          flags: '--output <file>',
          description: 'where to write it (default: .winnow/report.html beside the project file)',
          type: 'string',
        },
        {
          flags: '--data-card <file>',
          description: 'write the card of the data set too, with what people measured of its labels',
          type: 'string',
        },
        {
          flags: '--build <id>',
          description: 'data set to report on, by the first characters of its id (default: the newest)',
          type: 'string',
        },
      ],
      examples: ['winnow report fashion.yaml', 'winnow report fashion.yaml --output fashion.html'],
      run: (input, io) => report(collectReport, input, io),
    },
  ];
}

async function report(collectReport: CollectReport, input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const given = input.arguments['project'];
  if (typeof given !== 'string')
    throw new WinnowError('USAGE', 'The project file is missing', { next: 'Run winnow report PROJECT.' });
  const project = resolve(io.cwd, given);
  const { output } = input.options;
  const build = input.options['build'] === undefined ? undefined : String(input.options['build']);
  const file = typeof output === 'string' ? resolve(io.cwd, output) : join(dirname(project), '.winnow', 'report.html');
  const page = renderReport(await collectReport(project, io, build));
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw fileError(error, dirname(file));
  });
  await writeFileAtomic(file, page);
  const sizeBytes = Buffer.byteLength(page);
  const card = await writeDataCard(project, { file: input.options['dataCard'], build }, io);
  return {
    exitCode: 0,
    json: { file, sizeBytes, ...(card !== null && { dataCard: card }) },
    text: [
      `Report written to ${file} (${(sizeBytes / 2 ** 20).toFixed(1)} MiB). Open it in any browser.`,
      ...(card === null ? [] : [`Card of the data set: ${card}`]),
    ],
  };
}

/** @returns its path; null where none is wanted @throws WinnowError as dataCard */
async function writeDataCard(
  project: string,
  { file, build }: { readonly file: CommandInput['options'][string]; readonly build: string | undefined },
  io: CommandIo,
): Promise<string | null> {
  if (file === undefined) return null;
  const { dataCard } = await import('./data-card');
  const card = resolve(io.cwd, String(file));
  await writeFileAtomic(card, await dataCard(project, build, io));
  return card;
}
