import { TFJS_ONCE } from '@winnow/tensor';
import type { ExternalRunner } from '../../external/external-network';
import { NetworkSession } from '../../external/external-session';
import type { TfjsFiles } from './read-tfjs-files';

/**
 * A TF.js network whose first images go through a process with limits before they go through our engine. Once is enough:
 * what it costs depends on shapes alone, as tfjs follows no loops and branches in `execute`.
 * @returns a runner whose first `run` throws TEACHER_MISMATCH beyond the limits, or where the network does not answer;
 *   INTERRUPTED
 */
export function triedFirst(
  runner: ExternalRunner,
  { kind, json, weights }: TfjsFiles,
  { outputs, where }: { readonly outputs: readonly string[]; readonly where: string },
): ExternalRunner {
  let isTried = false;
  return {
    ...runner,
    run: (images) => {
      if (!isTried) {
        const session = new NetworkSession({ kind, script: TFJS_ONCE, json, weights, outputs }, where);
        try {
          session.run(images);
        } finally {
          session.dispose();
        }
      }
      isTried = true;
      return runner.run(images);
    },
  };
}
