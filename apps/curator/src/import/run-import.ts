import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { loadProject, PROJECT_SCHEMA_FILE } from '@winnow/config';
import type { ProjectConfig } from '@winnow/config';
import type { CommandInput, CommandIo, CommandResult, SourceKind, SourceOptions } from '@winnow/contracts';
import { withProjectDatabase } from '@winnow/db';
import { medianSide, photographSize } from '@winnow/imaging';
import { recordImport } from '@winnow/runs';
import { importImages } from './import-images';
import { importExitCode, importReport } from './import-report';
import { openSource } from './sources/open-source';
import { shorten } from './shorten';
import { sourceName } from './source-name';
import { writeProject } from './write-project';

/** Largest file while there is no project that says otherwise: the default of `harvest.maxBytes`. */
const DEFAULT_MAX_BYTES = 20_000_000;

/** Imports a source into the project of a file, which is written first where it is not there. @throws WinnowError */
export async function runImport(input: CommandInput, io: CommandIo): Promise<CommandResult> {
  const file = String(input.arguments['project']);
  const sourcePath = path.resolve(io.cwd, String(input.arguments['source']));
  const load = (): Promise<ProjectConfig> => loadProject(file, { cwd: io.cwd, env: io.env });
  const absolute = path.resolve(io.cwd, file);
  const found = existsSync(absolute) ? await load() : null;
  const schema = path.join(path.dirname(absolute), PROJECT_SCHEMA_FILE);
  const hadSchema = existsSync(schema);
  const options = sourceOptions(input.options, { config: found, cwd: io.cwd });
  const source = await openSource(sourcePath, options);
  for (const note of source.notes) io.log(shorten(note, 300));
  if (found === null) {
    const classes = await writeProject(absolute, source, { where: sourcePath });
    io.log(`Wrote ${file} with ${classes.length} classes.`);
  }
  const config = found ?? (await load());
  return withProjectDatabase(config, { holder: 'winnow import' }, io, async ({ db }) => {
    const counts = await importImages({ config, db, source, io });
    await recordImport(config.paths.state, {
      project: config.name,
      source: source.name,
      kind: source.kind,
      refused: Object.fromEntries(counts.outcomes),
      origin: { path: sourcePath, options },
    });
    const exitCode = importExitCode(counts);
    const isKept = found === null && exitCode !== 1;
    const size = isKept && !('world' in source) ? photographSize(medianSide(counts.sizes)) : null;
    // Known only now that the images are in.
    if (size !== null) {
      await writeProject(absolute, source, { where: sourcePath, photographSize: size });
      io.log(`The images are photographs: ${file} has build.size ${size}, and a student for that.`);
    }
    const buildSize = size ?? config.build.size;
    const report = importReport(counts, { file, source, created: isKept, buildSize });
    if (found !== null || isKept) return { exitCode, ...report };
    // Classes of images that never came in would stay in the way of the next try.
    await rm(absolute, { force: true });
    if (!hadSchema) await rm(schema, { force: true });
    return { exitCode, ...report, text: [...report.text, `Nothing came in: ${file} was not kept.`] };
  });
}

function sourceOptions(
  options: CommandInput['options'],
  { config, cwd }: { readonly config: ProjectConfig | null; readonly cwd: string },
): SourceOptions {
  const text = (name: string): string | undefined => (options[name] === undefined ? undefined : String(options[name]));
  return {
    kind: text('as') as SourceKind | undefined,
    name: sourceName(text('name')),
    classColumn: text('classColumn'),
    pathColumn: text('pathColumn'),
    urlColumn: text('urlColumn'),
    root: text('root') === undefined ? undefined : path.resolve(cwd, String(options['root'])),
    classes: (options['classes'] as readonly string[] | undefined) ?? null,
    projectClasses: config?.classes.map(({ name }) => name) ?? null,
    maxBytes: config?.harvest.maxBytes ?? DEFAULT_MAX_BYTES,
  };
}
