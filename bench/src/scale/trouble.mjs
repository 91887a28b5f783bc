import { requireTypeScript } from '../../../tools/require-typescript.mjs';

const { SeededRandom } = requireTypeScript('libs/random/src/index.ts');

/** Share of the kills that may come before the first image is asked for, while classes are listed. */
const EARLY_FRACTION = 1 / 3;

/**
 * Kills a worker every few seconds, up to `kills` of them, and restarts the database when half of the images have
 * been asked for. Who dies, and after how long, is drawn from `seed`.
 * @returns {{ disturb: Function, restarts(): number }}
 */
export function makeTrouble({ server, seed, kills, killSeconds }) {
  const random = new SeededRandom(seed).fork('kills');
  const pause = () => killSeconds * 1000 * (0.5 + random.next());
  let nextKillMillis = performance.now() + pause();
  let killed = 0;
  let restarts = 0;
  return {
    restarts: () => restarts,
    disturb(crew, progress) {
      if (restarts === 0 && progress >= 0.5) {
        restarts += 1;
        server.restart();
      }
      const living = crew.living();
      const most = progress > 0 ? kills : Math.floor(kills * EARLY_FRACTION);
      if (killed >= most || living.length === 0 || performance.now() < nextKillMillis) return;
      killed += 1;
      nextKillMillis = performance.now() + pause();
      crew.replace(living[random.int(living.length)]);
    },
  };
}
