import type { CommandSpec } from '@winnow/contracts';
import type { EmbedResult } from '../embed/embed-images';
import type { LayoutResult } from '../embed/lay-out-images';
import { projectEngineOption } from './engine-option';

export const embedCommand: CommandSpec = {
  name: 'embed',
  summary: 'Store what a network sees in the images, for `build` to find crops of one',
  arguments: [{ name: 'project', description: 'project file (YAML)', required: true }],
  options: [
    {
      flags: '--network <file>',
      description: 'safetensors file, folder of a run or of an export, or imported teacher (default: the teacher)',
      type: 'string',
    },
    {
      flags: '--layout',
      description: 'then lay the newest data set out by likeness, for the map of `winnow studio`',
      type: 'boolean',
    },
    projectEngineOption,
  ],
  examples: [
    'winnow embed birds.yaml',
    'winnow embed birds.yaml --layout',
    'winnow embed birds.yaml --network teachers/imagenet',
  ],
  async run(input, io) {
    const { withProject } = await import('../open-project');
    const { countUndecoded } = await import('@winnow/db');
    const { loadEmbeddingNetwork } = await import('../embed/load-embedding-network');
    const { embedImages } = await import('../embed/embed-images');
    const { startTensorEngine } = await import('../start-tensor-engine');
    const { layOutImages } = await import('../embed/lay-out-images');
    const { network: named, layout: isLaidOut, engine } = input.options;
    return withProject({ title: 'winnow embed', input, io }, [['engine', engine, '--engine']], async (project) => {
      await startTensorEngine(project.config.engine, io);
      const network = await loadEmbeddingNetwork(project, named as string | undefined);
      try {
        const result = await embedImages(project, network);
        const undecoded = await project.withDatabase((db) => countUndecoded(db, project.config.name));
        const layout = isLaidOut === true ? await layOutImages(project, { network: network.id }) : null;
        return {
          exitCode: result.unreadable > 0 ? 3 : 0,
          json: { network: network.id, ...result, undecoded, ...(layout !== null && { layout: { ...layout } }) },
          text: [
            ...describe(result),
            ...describeUndecoded(undecoded, project.file),
            ...describeLayout(layout, project.file),
          ],
        };
      } finally {
        network.dispose();
      }
    });
  },
};

function describe({ stored, unreadable, featureDim }: EmbedResult): string[] {
  if (featureDim === null) return ['Nothing to do: no decoded image lacks features of this network.'];
  const left = unreadable === 0 ? '' : `; ${unreadable} could not be read and have none`;
  return [`Stored ${featureDim} features of each of ${stored} images${left}.`];
}

function describeUndecoded(count: number, file: string): string[] {
  if (count === 0) return [];
  return [`${count} images are not decoded yet: run \`winnow build ${file}\`, then this again.`];
}

function describeLayout(layout: LayoutResult | null, file: string): string[] {
  if (layout === null) return [];
  const { build, images, placed, interpolated } = layout;
  const among = interpolated === 0 ? '' : `, ${interpolated} of them among others that they are like`;
  return [
    `Laid out ${placed} of ${images} images of data set ${build}${among}: see the map of \`winnow studio ${file}\`.`,
  ];
}
