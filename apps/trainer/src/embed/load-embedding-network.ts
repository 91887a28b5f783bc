import { createHash } from 'node:crypto';
import path from 'node:path';
import { requireFeatures } from '@winnow/training';
import { loadNetwork, loadTeacherNetwork } from '../teacher/load-teacher';
import type { LoadedNetwork } from '../teacher/load-teacher';
import type { OpenProject } from '../open-project';
import { weightsFile } from '../teacher/weights-file';

/** A network whose features are stored. */
export interface EmbeddingNetwork extends LoadedNetwork {
  /** Digest of the network and of how images are put to it, hex: features of another one are never mixed in. */
  readonly id: string;
}

/** How an image becomes what a network takes: all of it squashed to the input's size by a triangle filter. */
const PUT_AS = 'squash/triangle/1';

/**
 * The network that embeds: the one named, else the project's teacher. It need not know the project's classes.
 * @param named a file or folder as `winnow predict` takes it
 * @throws WinnowError as loadNetwork; TEACHER_MISMATCH for a network that has no features
 */
export async function loadEmbeddingNetwork(
  { config, io }: Pick<OpenProject, 'config' | 'io'>,
  named: string | undefined,
): Promise<EmbeddingNetwork> {
  const network =
    named === undefined
      ? await loadTeacherNetwork(config)
      : await loadNetwork(await weightsFile(path.resolve(io.cwd, named)));
  try {
    requireFeatures(network.frozen);
  } catch (error) {
    network.dispose();
    throw error;
  }
  const id = createHash('sha256')
    .update(JSON.stringify([network.digest, PUT_AS]))
    .digest('hex');
  return { ...network, id };
}
