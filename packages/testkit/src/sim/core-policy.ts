/** How often the core tries one thing, in all. */
export const ATTEMPTS: number = 10
/** Milliseconds for which a PUT may stand still. */
export const STALL_MS: number = 60_000
/** URLs that wait for a slot, for every slot, where nothing asks for more. */
export const URLS_PER_SLOT: number = 12
