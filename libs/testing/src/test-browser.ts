import { existsSync } from 'node:fs';

/** Debian's, in order of preference: the headless shell draws no windows, which takes half of the processor time. */
const LOCATIONS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const named = process.env['WINNOW_CHROMIUM'] ?? '';
const executablePath = named === '' ? LOCATIONS.find((location) => existsSync(location)) : named;

/** Whether there is a browser for specs; none is ever downloaded. */
export const hasTestBrowser = executablePath !== undefined && existsSync(executablePath);

/** How Playwright launches it. */
export const TEST_BROWSER = {
  executablePath: executablePath ?? '',
  // Without a sandbox of its own, as containers run everything as root.
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
};
