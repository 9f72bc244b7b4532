import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Debian's, or whatever is told. */
const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(executablePath);
if (!hasBrowser)
  process.stdout.write(
    `No browser at ${executablePath} (apt-get install chromium): the page's tests are skipped.\n`,
  );

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

type Look = {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
};

/** A browser of a test's own, with an empty profile. */
export const aBrowser = async () => {
  const browser: Browser = await chromium.launch({ executablePath, args: flags });
  onTestFinished(() => browser.close());
  return {
    /** A page that has signed in, watched for all that it must not do. */
    open: async (appUrl: string, token: string | undefined, look: Look = {}) => {
      const { width = 1280, height = 900, colorScheme = 'light' } = look;
      const context = await browser.newContext({ viewport: { width, height }, colorScheme });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
      });
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(appUrl)) faults.push(`asked ${request.url()}`);
      });
      const signIn = `/.auth/login/aad?token=${token}&post_login_redirect_uri=/api/ops`;
      await page.goto(`${appUrl}${token === undefined ? '/api/ops' : signIn}`);
      return { page, faults, context };
    },
  };
};

/** What axe-core finds wrong with a page, as it is now: WCAG 2.2 A and AA, and its best practices. */
export const violationsOn = async (page: Page): Promise<readonly string[]> => {
  await page.evaluate(await readFile(axeSource, 'utf8'));
  return page.evaluate(async () => {
    // In the browser: axe is what was evaluated there.
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run: () => Promise<{
          violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
        }>;
      };
    };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''}`,
    );
  });
};
