/** How long a crawl waits for a server that went away: it may be restarted, or moved, in the middle of a long crawl. */
export const DATABASE_PATIENCE_MILLIS = 600_000;
