/** How often the core tries one thing, in all. */
export const ATTEMPTS: number = 10
/** Milliseconds for which a PUT may stand still. */
export const STALL_MS: number = 60_000
