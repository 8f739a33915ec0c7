/** How often the core tries one thing, in all. */
export const ATTEMPTS: number = 10
