import type { Browser, BrowserType, LaunchOptions } from 'playwright';
import type { BrowserLimits } from './browser-limits';

/** Where the browser is told to go for everything; there is no such place. */
export const SEALED_PROXY = { server: 'http://sealed.invalid:1', bypass: '<-loopback>' } as const;

export interface SealedLaunch {
  readonly executablePath: string;
  readonly userAgent: string;
  readonly limits: BrowserLimits;
  readonly signal: AbortSignal;
}

/** Variables that a browser needs; keys and passwords of ours are none of its business. */
const ENVIRONMENT = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'];
const LAUNCH_TIMEOUT_MILLIS = 20_000;

/**
 * Options of a browser without a network: no name resolves, every connection goes to a proxy that does not exist,
 * and nothing is sent around it. Its requests are answered by us, one by one, or not at all.
 */
function sealedLaunchOptions({ executablePath, userAgent, limits }: SealedLaunch): LaunchOptions {
  return {
    executablePath,
    headless: true,
    // Chromium refuses to start its sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: LAUNCH_TIMEOUT_MILLIS,
    proxy: SEALED_PROXY,
    // The process that started the crawl decides what a signal means.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    env: Object.fromEntries(
      ENVIRONMENT.flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value] as const];
      }),
    ),
    args: [
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--disable-quic',
      // Chromium's headless shell obeys the first of these alone, Chromium itself the second alone.
      '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--webrtc-ip-handling-policy=disable_non_proxied_udp',
      '--no-pings',
      `--js-flags=--max-old-space-size=${limits.maxScriptMegabytes}`,
      `--user-agent=${userAgent}`,
    ],
  };
}

/** Chromium's launcher for Crawlee that keeps to our options, and knows what it launched. */
export interface SealedLauncher {
  readonly launcher: BrowserType;
  /** Closes every browser that was launched or is being launched, and waits for them. */
  close(): Promise<void>;
}

export function sealedLauncher(chromium: BrowserType, launch: SealedLaunch): SealedLauncher {
  const launches: Promise<Browser>[] = [];
  const launcher = Object.assign(Object.create(chromium) as BrowserType, {
    // Crawlee's options hide that a program is at work, and route requests through a proxy of its own.
    launch(): Promise<Browser> {
      launch.signal.throwIfAborted();
      const started = chromium.launch(sealedLaunchOptions(launch));
      launches.push(started);
      return started;
    },
  });
  return {
    launcher,
    async close() {
      // A browser that did not start or has ended needs no closing.
      await Promise.allSettled(launches.map(async (started) => (await started).close()));
    },
  };
}
