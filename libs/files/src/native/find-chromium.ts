import { accessSync, constants } from 'node:fs';
import { WinnowError } from '@winnow/contracts';

/** Environment variable that names the browser to use. */
const CHROMIUM_VARIABLE = 'WINNOW_CHROMIUM';

const USUAL_LOCATIONS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/chromium-headless-shell',
  '/snap/bin/chromium',
  '/usr/bin/google-chrome-stable',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The Chromium of this machine: that of `WINNOW_CHROMIUM`, else one in the usual places. None is ever downloaded.
 * @throws WinnowError ENGINE_UNAVAILABLE
 */
export function findChromium(
  env: Readonly<Record<string, string | undefined>>,
  isExecutable: (file: string) => boolean = isExecutableFile,
): string {
  const named = env[CHROMIUM_VARIABLE] ?? '';
  const found = (named === '' ? USUAL_LOCATIONS : [named]).find((location) => isExecutable(location));
  if (found !== undefined) return found;
  throw new WinnowError('ENGINE_UNAVAILABLE', 'No Chromium for the engines that need a browser', {
    where: named === '' ? 'the usual places' : `${CHROMIUM_VARIABLE}=${named}`,
    next: `Install Chromium or name it in ${CHROMIUM_VARIABLE}, or leave those engines out.`,
  });
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
