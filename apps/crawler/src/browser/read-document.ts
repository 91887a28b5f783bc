import type { Page } from 'playwright';

/**
 * The page's HTML as its scripts have made it, at most `maxCharacters` of it; undefined when it is longer. Read in a
 * world of its own, where the page's scripts have changed nothing, and measured before it leaves the page's process.
 */
export async function readDocument(page: Page, maxCharacters: number): Promise<string | undefined> {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const { result } = await session.send('Runtime.evaluate', {
    contextId: executionContextId,
    expression: `(() => {
      const html = document.documentElement?.outerHTML ?? '';
      return html.length > ${maxCharacters} ? null : html;
    })()`,
    returnByValue: true,
  });
  return typeof result.value === 'string' ? result.value : undefined;
}
